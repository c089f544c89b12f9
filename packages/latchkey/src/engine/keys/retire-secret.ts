/** Ending at once what a rotation left valid for a while: when the old token has fallen silent, or has leaked. */
import type { IfMatch } from '../../contract/call-options.js';
import type { CallContext } from '../../domain/actor.js';
import { ConflictError, NotFoundError } from '../../domain/errors.js';
import { draftEvent } from '../changes/change.js';
import {
  assertMatches,
  currentSecret,
  findKey,
  LIBRARY_CONTEXT,
  readKeyView,
  type UseCaseParts,
  type KeyUseCases,
} from '../changes/context.js';

export function createRetireSecret(parts: UseCaseParts): KeyUseCases['retireSecret'] {
  const { apply, storage } = parts;
  return async (id, secretId, context: CallContext & IfMatch = LIBRARY_CONTEXT) => {
    const known = (await storage.keys.findBySecret(secretId))?.key.id === id;
    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const key = await findKey(change, id);
      await may.assertMayChange(key);
      assertMatches('key', key, context);
      if (!known) throw new NotFoundError('secret');
      const secrets = await change.secrets.inUse(id, now);
      if (currentSecret(secrets)?.id === secretId) {
        throw new ConflictError('current_secret', 'This is the current secret. Rotate the key with no grace, or disable or revoke it.');
      }
      const secret = secrets.find((one) => one.id === secretId);
      // Ended already, by time or by somebody else.
      if (secret === undefined) return;
      await change.secrets.retire(secretId, now, true);
      await change.keys.update(id, {});
      const after = { secret: { id: secret.id, hint: secret.hint, scheme: secret.scheme } };
      const body = { action: 'key.secret_retired', target: { type: 'key', id }, owner: key.owner, after } as const;
      await change.append(draftEvent(body, context, now));
    });
    const [propagation, key] = await Promise.all([applied.propagate(), readKeyView(parts, id)]);
    return { key, propagation };
  };
}
