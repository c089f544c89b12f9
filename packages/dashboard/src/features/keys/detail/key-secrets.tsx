import { Button } from '@mantine/core';
import type { KeyView, SecretView } from 'latchkey/client';
import { useState } from 'react';
import { useMay } from '../../../api/session/session.js';
import { Badge } from '../../../ui/text/badge.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { Mono } from '../../../ui/text/mono.js';
import { Section } from '../../../ui/layout/page.js';
import { Time } from '../../../ui/time/time.js';
import { useNow } from '../../../ui/time/use-now.js';
import { isOverlapping, SECRETS_TOLD } from '../../../ui/keys/overlap.js';
import { RetireSecret } from '../rotate/retire-secret.js';
import classes from './key-page.module.css';

/** Which tokens open this key, and which of them is still used by somebody. */
export function KeySecrets({ item }: { readonly item: KeyView }) {
  const now = useNow();
  const overlapping = item.secrets.some((secret, index) => index > 0 && isOverlapping(secret, now));
  return (
    <Section
      title="Secrets"
      actions={
        overlapping && (
          <LinkButton to="/keys/$id/rotation" params={{ id: item.id }} variant="subtle" size="compact-sm">
            Watch the rotation
          </LinkButton>
        )
      }
    >
      <ul className={classes.rows}>
        {item.secrets.map((secret, index) => (
          <Secret key={secret.id} item={item} secret={secret} isCurrent={index === 0} />
        ))}
      </ul>
      {item.secrets.length >= SECRETS_TOLD && <span className={classes.soft}>Only the latest {SECRETS_TOLD} are shown.</span>}
    </Section>
  );
}

function Secret({ item, secret, isCurrent }: { readonly item: KeyView; readonly secret: SecretView; readonly isCurrent: boolean }) {
  const now = useNow();
  const [retiring, setRetiring] = useState(false);
  const mayWrite = useMay('keys:write');
  const overlapping = !isCurrent && isOverlapping(secret, now);
  return (
    <li>
      <span className={classes.main}>
        <span>
          <Mono>{secret.hint}</Mono>{' '}
          {isCurrent ? (
            <Badge tone="accent">current</Badge>
          ) : overlapping ? (
            <Badge tone="warn">still valid</Badge>
          ) : (
            <Badge tone="calm">ended</Badge>
          )}
        </span>
        <span className={classes.soft}>
          made <Time at={secret.createdAt} />, last used <Time at={secret.lastUsedAt} />
          {!isCurrent && secret.validUntil !== null && (
            <>
              , {overlapping ? 'ends' : 'ended'} <Time at={secret.validUntil} />
            </>
          )}
        </span>
      </span>
      {overlapping && mayWrite && item.status !== 'revoked' && (
        <Button size="compact-sm" variant="default" onClick={() => setRetiring(true)}>
          End now…
        </Button>
      )}
      {retiring && <RetireSecret item={item} secret={secret} onClose={() => setRetiring(false)} />}
    </li>
  );
}
