import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView, UpdateOwnerInput } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { formFailure } from '../../api/errors/form-failure.js';
import { updateOwner } from '../../contract/calls/owners.js';
import { numberProps, textProps } from '../../contract/field.js';
import { ChangeDialog } from '../../ui/dialogs/change-dialog.js';
import { Note } from '../../ui/feedback/states.js';
import { draftOf, inputOf, LimitsEditor, sameLimits } from '../limits/index.js';

export function EditOwnerDialog({ owner, onClose }: { readonly owner: OwnerView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  // What the form began with: only what is changed here is written.
  const [before] = useState(valuesOf(owner));
  const isOutdated = JSON.stringify(valuesOf(owner)) !== JSON.stringify(before);
  const [name, setName] = useState(before.name);
  const [description, setDescription] = useState(before.description);
  const [maxKeys, setMaxKeys] = useState<number | string>(before.maxKeys);
  const [limits, setLimits] = useState<typeof before.limits>(before.limits);
  const [failure, setFailure] = useState<unknown>(null);
  const { errors } = formFailure(failure, updateOwner);
  const save = async () => {
    const patch: UpdateOwnerInput = {
      ...(name.trim() !== before.name && { name: name.trim() || null }),
      ...(description !== before.description && { description: description.trim() === '' ? null : description }),
      ...(maxKeys !== before.maxKeys && { maxKeys: maxKeys === '' ? null : Number(maxKeys) }),
      ...(!sameLimits(limits, before.limits) && { limits: limits.map(inputOf) }),
    };
    setFailure(null);
    try {
      const { propagation } = await api.owners.update(owner.id, patch);
      void queryClient.invalidateQueries();
      return propagation;
    } catch (error) {
      setFailure(error);
      throw error;
    }
  };
  return (
    <ChangeDialog
      title={`Edit “${owner.name ?? owner.id}”`}
      doneTitle="Saved"
      confirmLabel="Save"
      what="The change"
      size="xl"
      describe={(error) => formFailure(error, updateOwner)}
      act={save}
      onClose={onClose}
    >
      {isOutdated && (
        <Note tone="warn" title="Somebody changed this owner meanwhile">
          What you typed is kept. Saving writes the fields that you changed, and no others.
        </Note>
      )}
      <TextInput
        {...textProps(updateOwner.name)}
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        {...textProps(updateOwner.description)}
        autosize
        minRows={1}
        maxRows={8}
        value={description}
        error={errors['description']}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <NumberInput {...numberProps(updateOwner.maxKeys)} value={maxKeys} error={errors['maxKeys']} onChange={setMaxKeys} />
      <LimitsEditor field={updateOwner.limits} limits={limits} onChange={(next) => setLimits([...next])} errors={errors} />
    </ChangeDialog>
  );
}

function valuesOf({ name, description, maxKeys, limits }: OwnerView) {
  return { name: name ?? '', description: description ?? '', maxKeys: maxKeys ?? '', limits: limits.map(draftOf) } as const;
}
