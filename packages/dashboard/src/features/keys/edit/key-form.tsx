import { Button, NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { isLatchkeyError } from 'latchkey/client';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { formFailure } from '../../../api/errors/form-failure.js';
import { settingsQuery, tiersQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { createKey } from '../../../contract/calls/keys.js';
import { labelProps, listProps, textProps } from '../../../contract/field.js';
import formClasses from '../../../ui/forms/form.module.css';
import { ChangedNote, type Difference } from '../../../ui/dialogs/changed-note.js';
import { Failure } from '../../../ui/feedback/states.js';
import { LimitsEditor } from '../../limits/index.js';
import { BoundFields } from './bound-fields.js';
import { CreditFields } from './credit-fields.js';
import { ExpiryFields } from './expiry-fields.js';
import { NoteFields } from './note-fields.js';
import { PLACES, type KeyFormValues } from './key-form-values.js';

interface KeyFormProps {
  readonly initial: KeyFormValues;
  /** A key keeps its owner and its environment permanently. */
  readonly isNew: boolean;
  readonly submitLabel: string;
  /** Rejects with what the service said, which is shown where it belongs; what was typed stays. */
  readonly onSubmit: (values: KeyFormValues) => Promise<void>;
  readonly onEdit?: () => void;
  /** What somebody else changed since the form began, and the change to the new version; null if nobody did. */
  readonly conflict?: {
    readonly differences: (values: KeyFormValues) => readonly Difference[];
    readonly onLoad: () => void;
    readonly onSubmit: (values: KeyFormValues) => Promise<void>;
  } | null;
  readonly cancel: ReactNode;
}

const SCOPES_OF_OPERATORS = { description: 'What the token may do with Latchkey, such as keys:read or *:read. Enter adds one.' };

export function KeyForm({ initial, isNew, submitLabel, onSubmit, onEdit, conflict = null, cancel }: KeyFormProps) {
  const form = useForm<KeyFormValues>({
    initialValues: initial,
    // Of a date that is none the service knows but that it is no text.
    validate: { expiryDate: (date, { expiry }) => (expiry === 'date' && date === '' ? 'Choose a date and a time.' : null) },
    ...(onEdit && { onValuesChange: onEdit }),
  });
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (failure !== null) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [failure]);
  const settings = useQuery({ ...settingsQuery, enabled: useMay('settings:read') }).data;
  const tiers = useQuery({ ...tiersQuery, enabled: useMay('tiers:read') }).data ?? [];
  const { environment, tier } = form.values;
  const environments = [...(settings?.environments ?? []), 'operator'];
  const longest = settings?.settings.find(({ name }) => name === 'LATCHKEY_MAX_KEY_LIFETIME')?.value ?? null;
  const knownScopes = (environment === 'operator' ? settings?.operatorScopes : settings?.scopes) ?? [];

  const submit = async (values: KeyFormValues, send = onSubmit): Promise<void> => {
    setBusy(true);
    setFailure(null);
    form.clearErrors();
    try {
      await send(values);
    } catch (error) {
      form.setErrors(
        error instanceof SyntaxError
          ? { metadata: 'This is not JSON: an object such as {"team": "billing"}.' }
          : formFailure(error, createKey, PLACES).errors,
      );
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  const focusFirst = (errors: object): void => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus();

  const isSaid = conflict !== null && isLatchkeyError(failure) && failure.code === 'precondition_failed';

  return (
    <form ref={element} className={formClasses.form} onSubmit={form.onSubmit((values) => void submit(values), focusFirst)} noValidate>
      <div className={formClasses.row}>
        <TextInput {...textProps(createKey.name)} {...form.getInputProps('name')} />
        {isNew && <TextInput {...textProps(createKey.owner)} {...form.getInputProps('owner')} />}
      </div>
      <div className={formClasses.row}>
        {isNew && (
          <NativeSelect
            {...labelProps(createKey.environment)}
            data={[...(settings === undefined ? [{ value: '', label: 'The default one' }] : []), ...environments]}
            {...form.getInputProps('environment')}
            value={environment || (settings?.environments[0] ?? '')}
          />
        )}
        <NativeSelect
          {...labelProps(createKey.tier)}
          data={[
            { value: '', label: 'None' },
            ...tiers.map(({ name }) => name),
            ...(tier !== '' && !tiers.some(({ name }) => name === tier) ? [tier] : []),
          ]}
          {...form.getInputProps('tier')}
        />
      </div>
      <NoteFields form={form} />
      <TagsInput
        data={[...knownScopes]}
        clearable
        splitChars={[',', ' ']}
        {...form.getInputProps('scopes')}
        {...listProps(createKey.scopes, form.values.scopes, form.errors['scopes'])}
        {...(environment === 'operator' && SCOPES_OF_OPERATORS)}
      />
      <ExpiryFields
        value={form.values}
        error={form.errors['expiryDate']}
        onChange={(changed) => form.setValues(changed)}
        dateName="expiryDate"
        mayKeep={!isNew}
        longest={longest}
      />
      <TagsInput
        splitChars={[',', ' ']}
        {...form.getInputProps('ipRules')}
        {...listProps(createKey.ipRules, form.values.ipRules, form.errors['ipRules'])}
      />
      <CreditFields form={form} />
      {environment === 'operator' && (
        <BoundFields form={form} known={{ environments, tiers: tiers.map(({ name }) => name), grants: settings?.scopes ?? [] }} />
      )}
      <LimitsEditor
        field={createKey.limits}
        limits={form.values.limits}
        onChange={(limits) => form.setFieldValue('limits', limits)}
        errors={form.errors}
      />
      <Textarea
        {...textProps(createKey.metadata)}
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        {...form.getInputProps('metadata')}
      />
      {conflict !== null && (
        <ChangedNote
          noun="key"
          differences={conflict.differences(form.values)}
          label={`${submitLabel} anyway`}
          busy={busy}
          onSave={form.onSubmit((values) => void submit(values, conflict.onSubmit), focusFirst)}
          onLoad={conflict.onLoad}
        />
      )}
      {failure !== null && !isSaid && <FormFailure error={failure} />}
      <div className={formClasses.buttons}>
        <Button type="submit" loading={busy} disabled={conflict !== null}>
          {submitLabel}
        </Button>
        {cancel}
      </div>
    </form>
  );
}

function FormFailure({ error }: { readonly error: unknown }) {
  if (error instanceof SyntaxError) return null;
  const { title, detail } = formFailure(error, createKey, PLACES);
  return <Failure title={title}>{detail}</Failure>;
}
