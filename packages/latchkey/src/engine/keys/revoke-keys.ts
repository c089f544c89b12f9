/** Revoking many keys as one change: all that can be, and a word about each of the others. */
import { ForbiddenError, NotFoundError } from '../../domain/errors.js';
import type { KeyRecord } from '../../domain/key.js';
import { readInput } from '../../contract/index.js';
import { revokeKeysInput } from '../../contract/calls/key-inputs.js';
import type { RevokedKeys } from '../api/index.js';
import type { Authority } from '../changes/authority.js';
import { draftEvent } from '../changes/change.js';
import { LIBRARY_CONTEXT, type UseCaseParts, type KeyUseCases } from '../changes/context.js';
import { loggedFields } from '../fields/key-events.js';
import { revocation } from './revoke-key.js';

type Result = RevokedKeys['results'][number];

export function createRevokeKeys({ apply }: UseCaseParts): KeyUseCases['revokeMany'] {
  return async (input, context = LIBRARY_CONTEXT) => {
    const { ids, reason: given } = readInput(revokeKeysInput, input);
    const reason = given || null;
    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const revoked: Result[] = [];
      for (const id of ids) {
        const key = await change.keys.find(id);
        const code = key === null ? 'not_found' : await whyNot(key, may);
        if (key === null || code !== null) {
          revoked.push({ id, revoked: false, code: code ?? 'not_found' });
          continue;
        }
        const after = revocation({ now, reason, context });
        await change.keys.update(id, after);
        const body = { action: 'key.revoked', target: { type: 'key', id }, owner: key.owner, reason, after: loggedFields(after) } as const;
        await change.append(draftEvent(body, context, now));
        revoked.push({ id, revoked: true });
      }
      return revoked;
    });
    return { results: applied.value, propagation: await applied.propagate() };
  };
}

/** Why this call does not revoke a key; null where it does. */
async function whyNot(key: KeyRecord, may: Authority): Promise<NonNullable<Result['code']> | null> {
  try {
    await may.assertMayChange(key);
  } catch (error) {
    if (error instanceof NotFoundError) return 'not_found';
    if (error instanceof ForbiddenError) return 'forbidden';
    throw error;
  }
  return key.revokedAt === null ? null : 'already_revoked';
}
