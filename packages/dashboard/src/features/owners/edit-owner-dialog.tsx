import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView, UpdateOwnerInput } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError, fieldErrors } from '../../api/errors/describe-error.js';
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
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const save = async () => {
    const patch: UpdateOwnerInput = {
      ...(name.trim() !== before.name && { name: name.trim() || null }),
      ...(description !== before.description && { description: description.trim() === '' ? null : description }),
      ...(maxKeys !== before.maxKeys && { maxKeys: maxKeys === '' ? null : Number(maxKeys) }),
      ...(!sameLimits(limits, before.limits) && { limits: limits.map(inputOf) }),
    };
    setErrors({});
    try {
      const { propagation } = await api.owners.update(owner.id, patch);
      void queryClient.invalidateQueries();
      return propagation;
    } catch (error) {
      setErrors(fieldErrors(error));
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
      describe={describeError}
      act={save}
      onClose={onClose}
    >
      {isOutdated && (
        <Note tone="warn" title="Somebody changed this owner meanwhile">
          What you typed is kept. Saving writes the fields that you changed, and no others.
        </Note>
      )}
      <TextInput
        label="Name"
        description="Shown beside the id."
        maxLength={100}
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        description="More about the owner, for the next person who looks."
        autosize
        minRows={1}
        maxRows={8}
        maxLength={500}
        value={description}
        error={errors['description']}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <NumberInput
        label="Keys allowed"
        description="Neither revoked nor expired, at one time. Empty: as the service is set up."
        min={0}
        allowDecimal={false}
        hideControls
        value={maxKeys}
        error={errors['maxKeys']}
        onChange={setMaxKeys}
      />
      <LimitsEditor
        label="Limits shared by all keys"
        description="Every call of any key of this owner counts."
        limits={limits}
        onChange={(next) => setLimits([...next])}
        errors={errors}
      />
    </ChangeDialog>
  );
}

function valuesOf({ name, description, maxKeys, limits }: OwnerView) {
  return { name: name ?? '', description: description ?? '', maxKeys: maxKeys ?? '', limits: limits.map(draftOf) } as const;
}
