import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnKeyView, SecretView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../app/api/client.js';
import { describeError } from '../../app/api/describe-error.js';
import { Mono } from '../../ui/mono.js';
import { isOverlapping } from '../../ui/overlap.js';
import { RetireDialog } from '../../ui/retire-dialog.js';
import { Time } from '../../ui/time.js';
import { useNow } from '../../ui/use-now.js';
import classes from './portal.module.css';

/** The old tokens of a key that a rotation left valid: when each was last used, and a way to end it now. */
export function OldSecrets({ item, mayRetire }: { readonly item: OwnKeyView; readonly mayRetire: boolean }) {
  const now = useNow();
  const old = item.secrets.filter((secret) => isOverlapping(secret, now));
  if (old.length === 0) return null;
  return (
    <ul className={classes.old} aria-label={`Old tokens of ${item.name} that are still valid`}>
      {old.map((secret) => (
        <OldSecret key={secret.id} item={item} secret={secret} mayRetire={mayRetire} />
      ))}
    </ul>
  );
}

interface OldSecretProps {
  readonly item: OwnKeyView;
  readonly secret: SecretView;
  readonly mayRetire: boolean;
}

function OldSecret({ item, secret, mayRetire }: OldSecretProps) {
  const queryClient = useQueryClient();
  const [retiring, setRetiring] = useState(false);
  const retire = async () => {
    const { propagation } = await api.me.keys.retireSecret(item.id, secret.id);
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <li>
      <span>
        The old token <Mono>{secret.hint}</Mono> still works. It ends <Time at={secret.validUntil} />; last used{' '}
        <Time at={secret.lastUsedAt} />
      </span>
      {mayRetire && (
        <Button size="compact-sm" variant="subtle" onClick={() => setRetiring(true)}>
          End now…
        </Button>
      )}
      {retiring && <RetireDialog secret={secret} retire={retire} describe={describeError} onClose={() => setRetiring(false)} />}
    </li>
  );
}
