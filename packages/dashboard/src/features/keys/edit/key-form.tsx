import { Button, NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { fieldErrors } from '../../../api/errors/describe-error.js';
import { failureBelow } from '../../../api/errors/form-failure.js';
import { settingsQuery, tiersQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import formClasses from '../../../ui/forms/form.module.css';
import { Failure } from '../../../ui/feedback/states.js';
import { LimitsEditor } from '../../limits/index.js';
import { BoundFields } from './bound-fields.js';
import { CreditFields } from './credit-fields.js';
import { ExpiryFields } from './expiry-fields.js';
import { NoteFields } from './note-fields.js';
import { fieldOf, FIELDS, formErrors, type KeyFormValues } from './key-form-values.js';

interface KeyFormProps {
  readonly initial: KeyFormValues;
  /** A key keeps its owner and its environment for good. */
  readonly isNew: boolean;
  readonly submitLabel: string;
  /** Rejects with what the service said, which is shown where it belongs; what was typed stays. */
  readonly onSubmit: (values: KeyFormValues) => Promise<void>;
  readonly onEdit?: () => void;
  readonly cancel: ReactNode;
}

const SCOPES_OF_KEYS = 'What it may do, such as articles:read or articles:*. Enter adds one.';
const SCOPES_OF_OPERATORS = 'What it may do with Latchkey, such as keys:read or *:read. Enter adds one.';

export function KeyForm({ initial, isNew, submitLabel, onSubmit, onEdit, cancel }: KeyFormProps) {
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

  const submit = async (values: KeyFormValues): Promise<void> => {
    setBusy(true);
    setFailure(null);
    form.clearErrors();
    try {
      await onSubmit(values);
    } catch (error) {
      form.setErrors(
        error instanceof SyntaxError
          ? { metadata: 'This is not JSON: an object such as {"team": "billing"}.' }
          : formErrors(fieldErrors(error)),
      );
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  const focusFirst = (errors: object): void => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus();

  return (
    <form ref={element} className={formClasses.form} onSubmit={form.onSubmit((values) => void submit(values), focusFirst)} noValidate>
      <div className={formClasses.row}>
        <TextInput
          label="Name"
          description="What it is for, so that others know it again."
          required
          maxLength={100}
          {...form.getInputProps('name')}
        />
        {isNew && (
          <TextInput
            label="Owner"
            description="The id of a person, team or service."
            required
            maxLength={128}
            {...form.getInputProps('owner')}
          />
        )}
      </div>
      <div className={formClasses.row}>
        {isNew && (
          <NativeSelect
            label="Environment"
            description="Part of the token; refused in any other."
            data={[...(settings === undefined ? [{ value: '', label: 'The default one' }] : []), ...environments]}
            {...form.getInputProps('environment')}
            value={environment || (settings?.environments[0] ?? '')}
          />
        )}
        <NativeSelect
          label="Tier"
          description="The set of limits that it shares with others."
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
        label="Scopes"
        description={environment === 'operator' ? SCOPES_OF_OPERATORS : SCOPES_OF_KEYS}
        data={[...knownScopes]}
        clearable
        splitChars={[',', ' ']}
        {...form.getInputProps('scopes')}
        value={[...form.values.scopes]}
      />
      <ExpiryFields form={form} mayKeep={!isNew} longest={longest} />
      <TagsInput
        label="Allowed addresses"
        description="Addresses or networks, such as 203.0.113.7 or 2001:db8::/32. None: from anywhere."
        splitChars={[',', ' ']}
        {...form.getInputProps('ipRules')}
        value={[...form.values.ipRules]}
      />
      <CreditFields form={form} />
      {environment === 'operator' && (
        <BoundFields form={form} known={{ environments, tiers: tiers.map(({ name }) => name), grants: settings?.scopes ?? [] }} />
      )}
      <LimitsEditor
        label="Limits of its own"
        description="Beside those of its tier; one of the same name stands in the tier’s place."
        limits={form.values.limits}
        onChange={(limits) => form.setFieldValue('limits', limits)}
        errors={form.errors}
      />
      <Textarea
        label="Metadata"
        description="A JSON object that every verdict carries along."
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        {...form.getInputProps('metadata')}
      />
      {failure !== null && <FormFailure error={failure} />}
      <div className={formClasses.buttons}>
        <Button type="submit" loading={busy}>
          {submitLabel}
        </Button>
        {cancel}
      </div>
    </form>
  );
}

function FormFailure({ error }: { readonly error: unknown }) {
  if (error instanceof SyntaxError) return null;
  const { title, detail } = failureBelow(error, FIELDS, fieldOf);
  return <Failure title={title}>{detail}</Failure>;
}
