import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { KeyView, SecretView } from 'latchkey/client';
import { useState } from 'react';
import { describeError } from '../../../api/errors/describe-error.js';
import { keyQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { Facts } from '../../../ui/layout/facts.js';
import { formatSpan } from '../../../ui/text/format.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { Mono } from '../../../ui/text/mono.js';
import { Name } from '../../../ui/text/name.js';
import { Page, Section } from '../../../ui/layout/page.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { Empty, Note } from '../../../ui/feedback/states.js';
import { Time } from '../../../ui/time/time.js';
import { useNow } from '../../../ui/time/use-now.js';
import { isOverlapping } from '../../../ui/keys/overlap.js';
import { RetireSecret } from './retire-secret.js';
import classes from './rotation-page.module.css';

const route = getRouteApi('/shell/keys/$id/rotation');

/** The old secret until it ends: is anybody still using it? */
export function RotationPage() {
  const { id } = route.useParams();
  const query = useQuery(keyQuery(id));
  return (
    <Page
      title={query.data === undefined ? 'Rotation' : `Rotation of ${query.data.name}`}
      heading={
        query.data && (
          <>
            Rotation of <Name>{query.data.name}</Name>
          </>
        )
      }
      actions={
        <LinkButton to="/keys/$id" params={{ id }} variant="default">
          To the key
        </LinkButton>
      }
    >
      <QueryView query={query} describe={describeError}>
        {(key) => <Rotation item={key} />}
      </QueryView>
    </Page>
  );
}

function Rotation({ item }: { readonly item: KeyView }) {
  const now = useNow();
  const [current, ...older] = item.secrets;
  const overlapping = older.filter((secret) => isOverlapping(secret, now));
  // Held here: the answer is to be read when the secret that it is about has ended.
  const [retiring, setRetiring] = useState<SecretView | null>(null);
  return (
    <>
      {overlapping.map((secret) => (
        <OldSecret key={secret.id} item={item} secret={secret} onRetire={() => setRetiring(secret)} />
      ))}
      {overlapping.length === 0 && (
        <Section title="Old secret">
          <Empty title="No old secret is valid any more">
            {older[0] === undefined ? 'This key was not rotated yet.' : 'Only the current token opens this key.'}
          </Empty>
        </Section>
      )}
      {current !== undefined && (
        <Section title="Current secret">
          <Facts
            facts={[
              ['Hint', <Mono key="hint">{current.hint}</Mono>],
              ['Made', <Time key="made" at={current.createdAt} />],
              ['Last use', <Time key="used" at={current.lastUsedAt} never="not yet" />],
            ]}
          />
        </Section>
      )}
      {retiring !== null && <RetireSecret item={item} secret={retiring} onClose={() => setRetiring(null)} />}
    </>
  );
}

/** So long after the last use of an old secret, its user has most likely moved on. */
const SILENT_MS = 60 * 60_000;

interface OldSecretProps {
  readonly item: KeyView;
  readonly secret: SecretView;
  readonly onRetire: () => void;
}

function OldSecret({ item, secret, onRetire }: OldSecretProps) {
  const now = useNow();
  const mayWrite = useMay('keys:write');
  const [current] = item.secrets;
  const left = new Date(secret.validUntil ?? 0).getTime() - now;
  const silentFor = secret.lastUsedAt === null ? Infinity : now - new Date(secret.lastUsedAt).getTime();
  const usedSince = current !== undefined && secret.lastUsedAt !== null && secret.lastUsedAt > current.createdAt;
  return (
    <Section
      title="Old secret"
      actions={
        mayWrite && (
          <Button size="xs" color="red" variant="light" onClick={onRetire}>
            End it now…
          </Button>
        )
      }
    >
      <div className={classes.old}>
        <div className={classes.countdown} role="timer" aria-label="Until the old secret ends">
          <span className={classes.left}>{formatSpan(left)}</span>
          <span>until it ends</span>
        </div>
        <Facts
          facts={[
            ['Hint', <Mono key="hint">{secret.hint}</Mono>],
            ['Last use', <Time key="used" at={secret.lastUsedAt} />],
            ['Ends', <Time key="ends" at={secret.validUntil} />],
          ]}
        />
      </div>
      {usedSince && silentFor < SILENT_MS ? (
        <Note tone="warn" title="The old token is still in use">
          Somebody has not moved to the new one yet. Ending it now would refuse them.
        </Note>
      ) : (
        <Note tone="good" title={usedSince ? 'The old token has fallen silent' : 'The old token was not used since the rotation'}>
          Ending it early should disturb nobody.
        </Note>
      )}
    </Section>
  );
}
