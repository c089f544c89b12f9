/** Rotation: a new secret for the same key, while the old one ends at once or stays valid for a grace. */
import type { CallContext } from '../../domain/actor.js';
import { ConflictError, NotFoundError } from '../../domain/errors.js';
import { type KeyRecord, MAX_LIVE_SECRETS, type SecretRecord } from '../../domain/key.js';
import { isoOrNull } from '../../domain/time.js';
import { mintToken } from '../../domain/token.js';
import type { Change } from '../../ports/key-store.js';
import type { IfMatch } from '../../contract/call-options.js';
import { readInput } from '../../contract/index.js';
import { rotateKeyInput } from '../../contract/calls/key-inputs.js';
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
import { newSecret } from './create-key.js';

export function createRotateKey(parts: UseCaseParts): KeyUseCases['rotate'] {
  const { apply, entropy, repeats, settings, storage } = parts;
  return async (id, options = {}, context: CallContext & IfMatch = LIBRARY_CONTEXT) => {
    const { grace: graceMs = 0, currentSecretId } = readInput(rotateKeyInput, options);
    const request = repeats.read(context, ['rotate', id, options]);
    // Of rotations that begin at once, each sees the same current secret here, and only one still finds it below.
    const seen = await storage.keys.readKey(id);
    if (seen === null) throw new NotFoundError('key');
    const expected = currentSecretId ?? currentSecret(seen.secrets)?.id;
    const token = mintToken(settings.prefix, seen.key.environment, (length) => entropy.bytes(length));

    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const answered = request === null ? null : await repeats.find(change, request, { may, now });
      if (answered !== null) return answered;
      const key = await findKey(change, id);
      await may.assertMayChange(key);
      assertMatches('key', key, context);
      assertRotatable(key, now);
      const secrets = await change.secrets.inUse(id, now);
      const current = currentSecret(secrets);
      if (current?.id !== expected) {
        throw new ConflictError('rotated_meanwhile', 'The key was rotated meanwhile. Look at its current secret before rotating again.');
      }
      const endsAt = Math.min(now + graceMs, key.expiresAt ?? Number.MAX_SAFE_INTEGER);
      if (endsAt > now) assertRoomForSecret(secrets);
      const secret = newSecret(token, { keyId: id, parts, now });
      await retireAll(change, secrets, { endsAt, atOnce: endsAt <= now });
      await change.secrets.insert(secret);
      await change.keys.update(id, {});
      if (request !== null) await repeats.note(change, request, { keyId: id, token, now });
      await change.append(
        draftEvent(
          {
            action: 'key.rotated',
            target: { type: 'key', id },
            owner: key.owner,
            before: current === undefined ? null : { secret: { id: current.id, hint: current.hint } },
            after: { secret: { id: secret.id, hint: secret.hint, scheme: secret.scheme }, oldValidUntil: isoOrNull(endsAt) },
          },
          context,
          now,
        ),
      );
      return null;
    });
    const before = applied.value;
    const [propagation, key] = await Promise.all([applied.propagate(), readKeyView(parts, id)]);
    return {
      key,
      token: before === null ? token : before.token,
      replayed: before !== null,
      propagation,
    };
  };
}

/** Nothing resurrects what expired or was revoked. */
export function assertRotatable(key: KeyRecord, now: number): void {
  if (key.revokedAt !== null) throw new ConflictError('key_revoked', 'The key was revoked, and revocation is final. Create another key.');
  if (key.expiresAt !== null && now >= key.expiresAt) throw new ConflictError('key_expired', 'The key expired. Create another key.');
}

/** A rotation that ends the old secrets at once always has room: it is how a leak is stopped. */
function assertRoomForSecret(live: readonly SecretRecord[]): void {
  if (live.length < MAX_LIVE_SECRETS) return;
  throw new ConflictError(
    'too_many_secrets',
    `The key has ${live.length} valid tokens; at most ${MAX_LIVE_SECRETS} are kept. Retire an old one, or rotate with no grace: that ends all of them.`,
  );
}

/** Every secret in use ends at `endsAt`, or earlier where it would have already: a grace is never lengthened. */
async function retireAll(
  change: Change,
  secrets: readonly Pick<SecretRecord, 'id' | 'validUntil'>[],
  { endsAt, atOnce }: { readonly endsAt: number; readonly atOnce: boolean },
): Promise<void> {
  for (const { id, validUntil } of secrets) {
    if (validUntil === null || validUntil > endsAt) await change.secrets.retire(id, endsAt, atOnce);
  }
}
