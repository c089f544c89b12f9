import { Checkbox, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { CreatedOwnKey, CreateOwnKeyInput, Me, Repeatable } from 'latchkey/client';
import { useRef, useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { formFailure } from '../../../api/errors/form-failure.js';
import { createOwnKey } from '../../../contract/calls/own-keys.js';
import { labelProps, listProps, textProps } from '../../../contract/field.js';
import { ChoiceChips } from '../../../ui/forms/choice-chips.js';
import { DialogActions } from '../../../ui/dialogs/dialog-actions.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import { newIdempotencyKey } from '../../../ui/forms/idempotency-key.js';
import { Failure } from '../../../ui/feedback/states.js';
import { TokenDialog } from '../../../ui/keys/token-dialog.js';
import { expiryChoices } from './expiry-choices.js';
import classes from '../portal.module.css';

interface CreateOwnKeyDialogProps {
  readonly policy: Me['policy'];
  readonly onClose: () => void;
}

/** Offers what the operator lets owners choose, and nothing else. */
export function CreateOwnKeyDialog({ policy, onClose }: CreateOwnKeyDialogProps) {
  const queryClient = useQueryClient();
  const [issued, setIssued] = useState<Repeatable<CreatedOwnKey> | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState(policy.environments[0] ?? '');
  const [tier, setTier] = useState(policy.defaultTier ?? policy.tiers[0] ?? '');
  const [scopes, setScopes] = useState<string[]>([]);
  const [expiry, setExpiry] = useState(policy.defaultExpiry);
  const [ipRules, setIpRules] = useState<string[]>([]);
  const attempt = useRef({ input: '', key: '' });
  const { errors, title, detail } = formFailure(failure, createOwnKey, {
    expiresAt: 'expiresIn',
    ...(policy.environments.length <= 1 && { environment: null }),
    ...(policy.tiers.length <= 1 && { tier: null }),
    ...(policy.scopes.length === 0 && { scopes: null }),
  });

  const create = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    const input: CreateOwnKeyInput = {
      name: name.trim(),
      scopes,
      ...(environment !== '' && { environment }),
      ...(policy.tiers.length > 0 && tier !== '' && { tier }),
      ...(expiry === 'never' ? { expiresAt: null } : { expiresIn: expiry }),
      ipRules,
    };
    // The same wish, sent again because its answer was lost, makes one key.
    const text = JSON.stringify(input);
    if (attempt.current.input !== text) attempt.current = { input: text, key: newIdempotencyKey() };
    try {
      setIssued(await api.me.keys.create(input, { idempotencyKey: attempt.current.key }));
      void queryClient.invalidateQueries();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  if (issued !== null) {
    return (
      <TokenDialog
        title={`The token of “${issued.key.name}”`}
        token={issued.token?.reveal() ?? null}
        name={issued.key.name}
        onDone={onClose}
      />
    );
  }
  return (
    <Dialog
      title="Create a key"
      opened
      insistent={busy}
      onClose={onClose}
      footer={<DialogActions label="Create the key" busy={busy} onCancel={onClose} onConfirm={create} />}
    >
      <TextInput
        {...textProps(createOwnKey.name)}
        data-autofocus
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {policy.environments.length > 1 && (
        <NativeSelect
          {...labelProps(createOwnKey.environment)}
          data={[...policy.environments]}
          value={environment}
          error={errors['environment']}
          onChange={(event) => setEnvironment(event.currentTarget.value)}
        />
      )}
      {policy.tiers.length > 1 && (
        <NativeSelect
          {...labelProps(createOwnKey.tier)}
          data={[...policy.tiers]}
          value={tier}
          error={errors['tier']}
          onChange={(event) => setTier(event.currentTarget.value)}
        />
      )}
      {policy.scopes.length > 0 && (
        <Checkbox.Group label={createOwnKey.scopes.label} value={scopes} onChange={setScopes} error={errors['scopes']}>
          <div className={classes.head}>
            {policy.scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} size="xs" />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <ChoiceChips
        label={createOwnKey.expiresIn.label}
        choices={expiryChoices(policy)}
        value={expiry}
        error={errors['expiresIn']}
        onChange={setExpiry}
      />
      <TagsInput {...listProps(createOwnKey.ipRules, ipRules, errors['ipRules'])} splitChars={[',', ' ']} onChange={setIpRules} />
      {failure !== null && <Failure title={title}>{detail}</Failure>}
    </Dialog>
  );
}
