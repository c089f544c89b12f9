import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnKeyView, SecretView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { Mono } from '../../../ui/text/mono.js';
import { isOverlapping } from '../../../ui/keys/overlap.js';
import { RetireDialog } from '../../../ui/keys/retire-dialog.js';
import { Time } from '../../../ui/time/time.js';
import { useNow } from '../../../ui/time/use-now.js';
import classes from '../portal.module.css';

interface OldSecretsProps {
  readonly item: OwnKeyView;
  readonly mayRetire: boolean;
}

/** The old tokens of a key that a rotation left valid: when each was last used, and a way to end it now. */
export function OldSecrets({ item, mayRetire }: OldSecretsProps) {
  const now = useNow();
  const queryClient = useQueryClient();
  // Beside the list, which loses the token as soon as it has ended: what came of it is still to be read.
  const [retiring, setRetiring] = useState<SecretView | null>(null);
  const old = item.secrets.filter((secret) => isOverlapping(secret, now));
  const retire = async (secret: SecretView) => {
    const { propagation } = await api.me.keys.retireSecret(item.id, secret.id);
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <>
      {old.length > 0 && (
        <ul className={classes.old} aria-label={`Old tokens of ${item.name} that are still valid`}>
          {old.map((secret) => (
            <OldSecret key={secret.id} secret={secret} end={mayRetire ? () => setRetiring(secret) : null} />
          ))}
        </ul>
      )}
      {retiring !== null && (
        <RetireDialog secret={retiring} retire={async () => retire(retiring)} describe={describeError} onClose={() => setRetiring(null)} />
      )}
    </>
  );
}

function OldSecret({ secret, end }: { readonly secret: SecretView; readonly end: (() => void) | null }) {
  return (
    <li>
      <span>
        The old token <Mono>{secret.hint}</Mono> still works. It ends <Time at={secret.validUntil} />; last used{' '}
        <Time at={secret.lastUsedAt} />
      </span>
      {end !== null && (
        <Button size="compact-sm" variant="subtle" onClick={end}>
          End now…
        </Button>
      )}
    </li>
  );
}
