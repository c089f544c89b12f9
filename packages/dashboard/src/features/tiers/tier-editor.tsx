import { Button } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { InvalidInputError, type TierView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { formFailure } from '../../api/errors/form-failure.js';
import { putTier } from '../../contract/calls/tiers.js';
import form from '../../ui/forms/form.module.css';
import { notify } from '../../ui/feedback/notices.js';
import { Section } from '../../ui/layout/page.js';
import { Failure, Note, Working } from '../../ui/feedback/states.js';
import { draftOf, inputOf, LimitsEditor, sameLimits, type LimitDraft } from '../limits/index.js';
import { TierEffect } from './tier-effect.js';

/** Other limits for a tier, with what they would do shown before they are saved. */
export function TierEditor({ tier }: { readonly tier: TierView }) {
  const queryClient = useQueryClient();
  const [before, setBefore] = useState(tier.limits.map(draftOf));
  const [limits, setLimits] = useState<readonly LimitDraft[]>(before);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [settled] = useDebouncedValue(limits, 400);
  const current = tier.limits.map(draftOf);
  const isChanged = !sameLimits(limits, current);
  const isOutdated = !sameLimits(before, current);
  const input = settled.map(inputOf);
  const preview = useQuery({
    queryKey: ['tiers', 'preview', tier.name, tier.updatedAt, input],
    queryFn: async ({ signal }) => api.tiers.preview(tier.name, { limits: input }, { signal }),
    enabled: !sameLimits(settled, current),
    placeholderData: keepPreviousData,
    retry: false,
  });
  // Complaints about what is being typed belong beside it, whether they come of the preview or of saving.
  const { errors: ofSaving, title, detail } = formFailure(failure, putTier);
  const errors = { ...formFailure(preview.error, putTier).errors, ...ofSaving };

  const save = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const saved = await api.tiers.put(tier.name, { limits: limits.map(inputOf) });
      setBefore(saved.limits.map(draftOf));
      setLimits(saved.limits.map(draftOf));
      void queryClient.invalidateQueries();
      notify(`Saved. The limits of “${tier.name}” hold for all its keys.`);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const takeOver = (): void => {
    setBefore(current);
    setLimits(current);
  };

  return (
    <Section title="Change its limits">
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {isOutdated && (
          <Note tone="warn" title="Somebody changed this tier meanwhile">
            What you typed is kept; saving would replace their limits.{' '}
            <Button size="compact-xs" variant="default" onClick={takeOver}>
              Take theirs over
            </Button>
          </Note>
        )}
        <LimitsEditor field={putTier.limits} limits={limits} onChange={setLimits} errors={errors} />
        {isChanged && preview.isFetching && preview.data === undefined && <Working>Looking at what this would do</Working>}
        {isChanged && preview.data !== undefined && <TierEffect preview={preview.data} />}
        {preview.isError && !(preview.error instanceof InvalidInputError) && (
          <Failure title="The effect cannot be shown" onRetry={() => void preview.refetch()}>
            {describeError(preview.error).detail}
          </Failure>
        )}
        {failure !== null && <Failure title={title}>{detail}</Failure>}
        <div className={form.buttons}>
          <Button type="submit" loading={busy} disabled={!isChanged}>
            Save
          </Button>
          {isChanged && (
            <Button variant="subtle" onClick={takeOver}>
              Undo
            </Button>
          )}
        </div>
      </form>
    </Section>
  );
}
