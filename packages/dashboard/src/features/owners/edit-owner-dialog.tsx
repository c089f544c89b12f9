import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView, UpdateOwnerInput } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { ownerQuery } from '../../api/calls/queries.js';
import { useVersion } from '../../api/calls/use-version.js';
import { formFailure } from '../../api/errors/form-failure.js';
import { updateOwner } from '../../contract/calls/owners.js';
import { numberProps, textProps } from '../../contract/field.js';
import { ChangeDialog } from '../../ui/dialogs/change-dialog.js';
import type { Difference } from '../../ui/dialogs/changed-note.js';
import { draftOf, inputOf, LimitsEditor, sameLimits, textOfLimits, type LimitDraft } from '../limits/index.js';

interface EditOwnerDialogProps {
  readonly owner: OwnerView;
  readonly onClose: () => void;
}

export function EditOwnerDialog(props: EditOwnerDialogProps) {
  const version = useVersion(props.owner, ownerQuery(props.owner.id).queryKey);
  return <EditOwner key={version.before.version} {...props} version={version} />;
}

interface EditOwnerProps extends EditOwnerDialogProps {
  readonly version: ReturnType<typeof useVersion<OwnerView>>;
}

function EditOwner({ owner, onClose, version }: EditOwnerProps) {
  const queryClient = useQueryClient();
  // What the form began with: only what is changed here is written.
  const before = valuesOf(version.before);
  const [name, setName] = useState(before.name);
  const [description, setDescription] = useState(before.description);
  const [maxKeys, setMaxKeys] = useState<number | string>(before.maxKeys);
  const [limits, setLimits] = useState(before.limits);
  const [failure, setFailure] = useState<unknown>(null);
  const { errors } = formFailure(failure, updateOwner);
  const save = async (newest?: number) => {
    const patch: UpdateOwnerInput = {
      ...(name.trim() !== before.name && { name: name.trim() || null }),
      ...(description !== before.description && { description: description.trim() === '' ? null : description }),
      ...(maxKeys !== before.maxKeys && { maxKeys: maxKeys === '' ? null : Number(maxKeys) }),
      ...(!sameLimits(limits, before.limits) && { limits: limits.map(inputOf) }),
    };
    setFailure(null);
    try {
      const { propagation } = await version.change(async (condition) => api.owners.update(owner.id, patch, condition), newest);
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
      act={async () => save()}
      conflict={
        version.isOutdated
          ? {
              noun: 'owner',
              differences: [
                ...differencesOf(before, valuesOf(owner), { name, description, maxKeys, limits }),
                ...(owner.status === version.before.status ? [] : [{ label: 'Status', now: owner.status, typed: null }]),
              ],
              onLoad: version.load,
              act: async () => save(owner.version),
            }
          : null
      }
      onClose={onClose}
    >
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

interface Values {
  readonly name: string;
  readonly description: string;
  readonly maxKeys: number | string;
  readonly limits: LimitDraft[];
}

function valuesOf({ name, description, maxKeys, limits }: OwnerView): Values {
  return { name: name ?? '', description: description ?? '', maxKeys: maxKeys ?? '', limits: limits.map(draftOf) };
}

/** Returns the fields that somebody else changed, in the order of the form. */
function differencesOf(before: Values, latest: Values, typed: Values): readonly Difference[] {
  return FIELDS.flatMap((field) => {
    const [was, now, mine] = [textOf(before, field), textOf(latest, field), textOf(typed, field)];
    return was === now ? [] : [{ label: updateOwner[field].label, now, typed: mine === was ? null : mine }];
  });
}

const FIELDS = ['name', 'description', 'maxKeys', 'limits'] as const;

function textOf(values: Values, field: (typeof FIELDS)[number]): string {
  return field === 'limits' ? textOfLimits(values.limits) : String(values[field]);
}
