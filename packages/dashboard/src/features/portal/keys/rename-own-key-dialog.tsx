import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnKeyView } from 'latchkey/client';
import { useState, type SubmitEvent } from 'react';
import { api } from '../../../api/calls/client.js';
import { formFailure } from '../../../api/errors/form-failure.js';
import { createOwnKey } from '../../../contract/calls/own-keys.js';
import { textProps } from '../../../contract/field.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import { Failure } from '../../../ui/feedback/states.js';

export function RenameOwnKeyDialog({ item, onClose }: { readonly item: OwnKeyView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState(item.name);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { errors, title, detail } = formFailure(failure, createOwnKey);
  const rename = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await api.me.keys.update(item.id, { name: name.trim() });
      void queryClient.invalidateQueries();
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void rename();
  };
  return (
    <Dialog title="Rename the key" opened onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          {...textProps(createOwnKey.name)}
          data-autofocus
          value={name}
          error={errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
          mb="md"
        />
        {failure !== null && <Failure title={title}>{detail}</Failure>}
        <Button type="submit" loading={busy} mt="md">
          Rename
        </Button>
      </form>
    </Dialog>
  );
}
