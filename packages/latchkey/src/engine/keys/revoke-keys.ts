/** Revoking many keys as one change: all that can be, and a word about each of the others. */
import { BOUNDS } from '../../domain/bounds.js';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { KeyRecord } from '../../domain/key.js';
import type { Keys, RevokedKeys } from '../api/index.js';
import type { Authority } from '../changes/authority.js';
import { draftEvent } from '../changes/change.js';
import { isKeyId, LIBRARY_CONTEXT, type UseCaseParts } from '../changes/context.js';
import { areTexts } from '../fields/takes.js';
import { loggedFields } from '../fields/key-events.js';
import { createFieldReader } from '../fields/key-input.js';
import { revocation } from './revoke-key.js';

type Result = RevokedKeys['results'][number];

export function createRevokeKeys({ apply }: UseCaseParts): Keys['revokeMany'] {
  return async ({ ids, reason: given }, context = LIBRARY_CONTEXT) => {
    if (!areTexts(ids) || ids.length < 1 || ids.length > BOUNDS.keysPerCall) {
      throw new InvalidInputError([{ pointer: '/ids', message: `Give 1 to ${BOUNDS.keysPerCall} ids.` }]);
    }
    const fields = createFieldReader();
    const reason = fields.reason(given);
    ids.forEach((id, index) => {
      if (!isKeyId(id)) fields.refuse(`/ids/${index}`, 'Use the id of a key.');
    });
    fields.finish();
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
