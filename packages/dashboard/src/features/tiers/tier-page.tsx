import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { TierView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { tierQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { Badge } from '../../ui/text/badge.js';
import { Dialog } from '../../ui/dialogs/dialog.js';
import { Facts } from '../../ui/layout/facts.js';
import { formatCount, formatNumber } from '../../ui/text/format.js';
import { LinkButton } from '../../ui/layout/link.js';
import { notify } from '../../ui/feedback/notices.js';
import { Page, Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { Failure, Note } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import { LimitList } from '../limits/index.js';
import { UsageSection } from '../usage/index.js';
import { TierEditor } from './tier-editor.js';

const route = getRouteApi('/shell/tiers/$name');

export function TierPage() {
  const { name } = route.useParams();
  const query = useQuery(tierQuery(name));
  const mayWrite = useMay('tiers:write');
  const mayUsage = useMay('usage:read');
  const tier = query.data;
  return (
    <Page
      title={name}
      lead={tier?.configured === true && <Badge tone="calm">declared in the configuration</Badge>}
      actions={
        tier && (
          <>
            <LinkButton to="/keys" search={{ tier: name }} variant="default">
              Its keys
            </LinkButton>
            {mayWrite && !tier.configured && <RemoveTier tier={tier} />}
          </>
        )
      }
    >
      <QueryView query={query} describe={describeError}>
        {(found) => (
          <>
            <Section title="About this tier">
              <Facts
                facts={[
                  ['Keys', formatNumber(found.keys)],
                  ['Limits', <LimitList key="limits" limits={found.limits} none="none: unlimited" />],
                  ['Created', <Time key="created" at={found.createdAt} />],
                  ['Changed', <Time key="changed" at={found.updatedAt} />],
                ]}
              />
            </Section>
            {mayUsage && <UsageSection of={{ tier: name }} />}
            {found.configured ? (
              <Note tone="calm" title="It is changed where it is declared">
                This tier comes from the configuration of the service. Change it there, and start the service anew.
              </Note>
            ) : (
              mayWrite && <TierEditor tier={found} />
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function RemoveTier({ tier }: { readonly tier: TierView }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await api.tiers.remove(tier.name);
      notify(`The tier “${tier.name}” is removed.`);
      await navigate({ to: '/tiers', replace: true });
      void queryClient.invalidateQueries();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        Remove…
      </Button>
      <Dialog
        title={`Remove the tier “${tier.name}”?`}
        opened={asked}
        onClose={() => setAsked(false)}
        footer={
          <>
            <Button variant="default" onClick={() => setAsked(false)}>
              Keep it
            </Button>
            <Button color="red" loading={busy} onClick={() => void remove()}>
              Remove
            </Button>
          </>
        }
      >
        <div>
          {tier.keys === 0
            ? 'No key has it.'
            : `${formatCount(tier.keys, 'key')} ${tier.keys === 1 ? 'has' : 'have'} it: give them another tier first.`}
        </div>
        {failure !== null && <Failure title={describeError(failure).title}>{describeError(failure).detail}</Failure>}
      </Dialog>
    </>
  );
}
