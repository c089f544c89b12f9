/** Rewriting a secret, at its use, as it would be stored today: imported hashes, and those of an older pepper. */
import { SYSTEM_ACTOR } from '../../domain/actor.js';
import { isLatchkeyError } from '../../domain/errors.js';
import type { Credential } from '../../domain/key.js';
import { draftEvent } from '../changes/change.js';
import type { UseCaseParts } from '../changes/context.js';
import { secretForm } from './create-key.js';

const SYSTEM = { actor: SYSTEM_ACTOR };

/**
 * Never rejects: what cannot be rewritten now is at its next use. Guarded: only a secret that is still stored
 * as it was read is rewritten, so that of two uses at once one does it.
 */
export function createUpgradeSecret({
  apply,
  settings,
}: Pick<UseCaseParts, 'apply' | 'settings'>): (credential: Credential, token: string) => Promise<void> {
  return async ({ secret, key }, token) => {
    const { scheme, pepperId, digest, encoded, locator } = secret;
    const to = secretForm(token, settings);
    try {
      await apply({ context: SYSTEM, scope: null }, async (change, now) => {
        if (!(await change.secrets.rewrite(secret.id, { scheme, pepperId, digest, encoded, locator }, to))) return;
        await change.append(
          draftEvent(
            {
              action: 'key.secret_upgraded',
              target: { type: 'key', id: key.id },
              owner: key.owner,
              before: { secret: { id: secret.id, scheme, pepperId } },
              after: { secret: { id: secret.id, scheme: to.scheme, pepperId: to.pepperId } },
            },
            SYSTEM,
            now,
          ),
        );
      });
    } catch (error) {
      if (!isLatchkeyError(error)) throw error;
    }
  };
}
