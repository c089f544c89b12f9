import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { api } from '../../api/calls/client.js';
import { formFailure } from '../../api/errors/form-failure.js';
import { putTier } from '../../contract/calls/tiers.js';
import { textProps } from '../../contract/field.js';
import { tiersQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import form from '../../ui/forms/form.module.css';
import { LinkButton } from '../../ui/layout/link.js';
import { notify } from '../../ui/feedback/notices.js';
import { Page } from '../../ui/layout/page.js';
import { Failure, NotAllowed } from '../../ui/feedback/states.js';
import { inputOf, LimitsEditor, type LimitDraft } from '../limits/index.js';

const FIRST: LimitDraft = { name: 'requests', limit: 1_000, window: '1h', algorithm: 'fixed-window', burst: '' };

export function CreateTierPage() {
  const mayWrite = useMay('tiers:write');
  return <Page title="Create a tier">{mayWrite ? <CreateTier /> : <NotAllowed scope="tiers:write" />}</Page>;
}

function CreateTier() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const tiers = useQuery(tiersQuery).data ?? [];
  const [name, setName] = useState('');
  const [limits, setLimits] = useState<readonly LimitDraft[]>([FIRST]);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { errors, title, detail } = formFailure(failure, putTier);
  const isTaken = tiers.some((tier) => tier.name === name.trim());

  const create = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const tier = await api.tiers.put(name.trim(), { limits: limits.map(inputOf) });
      void queryClient.invalidateQueries();
      notify(`The tier “${tier.name}” is there.`);
      await navigate({ to: '/tiers/$name', params: { name: tier.name }, replace: true });
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isTaken && name.trim() !== '') void create();
  };

  return (
    <form className={form.form} onSubmit={submit}>
      <TextInput
        {...textProps(putTier.name)}
        value={name}
        error={isTaken ? 'A tier has this name already. Open the tier to change it.' : errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <LimitsEditor field={putTier.limits} limits={limits} onChange={setLimits} errors={errors} />
      {failure !== null && <Failure title={title}>{detail}</Failure>}
      <div className={form.buttons}>
        <Button type="submit" loading={busy}>
          Create the tier
        </Button>
        <LinkButton to="/tiers" variant="subtle">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
