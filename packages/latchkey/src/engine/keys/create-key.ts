/**
 * Creating keys, with a token of our own or with a secret that was issued elsewhere.
 *
 * engine/keys/ owns the life of a key: creating, importing, changing, rotating, revoking, listing.
 */
import type { CallContext } from '../../domain/actor.js';
import { hmacSha256, sha256 } from '../../domain/credential-digest.js';
import type { CreditState } from '../../domain/credits.js';
import { ConflictError, InvalidInputError } from '../../domain/errors.js';
import type { JsonValue } from '../../domain/json.js';
import type { KeyRecord, OwnerRecord, SecretRecord } from '../../domain/key.js';
import { mintToken, type Token } from '../../domain/token.js';
import type { Change } from '../../ports/key-store.js';
import type { CreateKeyInput, Keys } from '../api/index.js';
import { draftEvent } from '../changes/change.js';
import { actorName, LIBRARY_CONTEXT, newId, readKeyView, type UseCaseParts } from '../changes/context.js';
import { loggedKey } from '../fields/key-events.js';
import { createFieldReader, type FieldReader } from '../fields/key-input.js';
import { viewKey } from '../fields/key-view.js';
import { checkBounds, readBounds } from '../fields/read-bounds.js';
import type { EngineSettings } from '../runtime/settings.js';

/** A key that is about to be: all but its secret. */
export interface NewKey {
  readonly key: KeyRecord;
  readonly credits: CreditState | null;
}

export function createCreateKey(parts: UseCaseParts): Keys['create'] {
  const { apply, clock, entropy, repeats, settings } = parts;
  return async (input, context = LIBRARY_CONTEXT) => {
    const read = (now: number): NewKey => {
      const fields = createFieldReader();
      const draft = readNewKey(input, fields, { parts, context, now });
      fields.finish();
      return draft;
    };
    // Read once to refuse what is wrong before anybody has to wait, and again when it is this change's turn.
    const { environment } = read(clock.now()).key;
    const request = repeats.read(context, ['create', input as unknown as JsonValue]);
    const token = mintToken(settings.prefix, environment, (length) => entropy.bytes(length));

    const { value: outcome } = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const answered = request === null ? null : await repeats.find(change, request, { may, now });
      if (answered !== null) return answered;
      const draft = read(now);
      await may.assertMayGrant(draft.key);
      const { key, owner } = await insertKey(change, draft, { parts, now });
      const secret = newSecret(token, { keyId: key.id, parts, now });
      await change.secrets.insert(secret);
      if (request !== null) await repeats.note(change, request, { keyId: key.id, token, now });
      const body = { action: 'key.created', target: { type: 'key', id: key.id }, owner: key.owner, after: loggedKey(key, secret) } as const;
      await change.append(draftEvent(body, context, now));
      return viewKey({ ...draft, key, secrets: [secret], ownerSuspendedAt: owner.suspendedAt, lastUse: null }, now);
    });
    if ('keyId' in outcome) return { key: await readKeyView(parts, outcome.keyId), token: outcome.token, replayed: true };
    return { key: outcome, token, replayed: false };
  };
}

/** Reads the fields that creating and importing share; problems go to `fields`. */
export function readNewKey(
  input: CreateKeyInput,
  fields: FieldReader,
  { parts, context, now }: { parts: UseCaseParts; context: CallContext; now: number },
): NewKey {
  const { settings, entropy } = parts;
  const expiresAt = fields.expiry(input, now);
  const notBefore = input.notBefore == null ? null : fields.instant(input.notBefore, '/notBefore');
  fields.period({ notBefore, expiresAt }, '/notBefore');
  const environment = fields.environment(input.environment ?? defaultEnvironment(settings), settings.environments);
  const key: KeyRecord = {
    id: newId('key', entropy),
    name: fields.name(input.name),
    owner: fields.owner(input.owner),
    tier: input.tier == null ? null : fields.tier(input.tier),
    environment,
    scopes: fields.scopes(input.scopes ?? [], { environment, known: settings.scopes }),
    createdAt: now,
    createdBy: actorName(context.actor),
    notBefore,
    expiresAt,
    disabledAt: null,
    revokedAt: null,
    revokedBy: null,
    revokedReason: null,
    ipRules: fields.ipRules(input.ipRules ?? []),
    limits: fields.limits(input.limits ?? []),
    metadata: fields.metadata(input.metadata ?? {}),
    bounds: readBounds(input.bounds, fields, settings),
  };
  checkBounds(key, fields);
  return { key, credits: input.credits == null ? null : fields.credits(input.credits, now) };
}

/** Writes key, owner and credits, where the tier exists and the owner may have another key. Returns the key and the owner's record. */
export async function insertKey(
  change: Change,
  { key: drafted, credits }: NewKey,
  { parts, now }: { parts: UseCaseParts; now: number },
): Promise<{ readonly key: KeyRecord; readonly owner: OwnerRecord }> {
  await assertTierExists(change, drafted.tier);
  const owner = await change.owners.ensure(drafted.owner, now);
  // A revocation of all keys that is under way is not for this one.
  const key = { ...drafted, createdAt: Math.max(drafted.createdAt, (owner.revocation?.until ?? 0) + 1) };
  const maxKeys = owner.maxKeys ?? parts.settings.maxKeysPerOwner;
  if (maxKeys !== null && (await change.keys.countLive(key.owner, now)) >= maxKeys) {
    throw new ConflictError(
      'too_many_keys',
      `The owner has ${maxKeys} keys already, as many as it may. Revoke one first, or raise its maxKeys.`,
    );
  }
  await change.keys.insert(key);
  if (credits !== null) await change.credits.put(key.id, credits);
  return { key, owner };
}

export async function assertTierExists(change: Change, tier: string | null): Promise<void> {
  if (tier !== null && (await change.tiers.find(tier)) === null) {
    throw new InvalidInputError([{ pointer: '/tier', message: 'There is no such tier. Create it first, or name another.' }]);
  }
}

/** A secret for a token of ours, stored under the newest pepper, or as plain SHA-256 where there is none. */
export function newSecret(token: Token, { keyId, parts, now }: { keyId: string; parts: UseCaseParts; now: number }): SecretRecord {
  return {
    id: newId('sec', parts.entropy),
    keyId,
    ...secretForm(token.reveal(), parts.settings),
    foreign: false,
    hint: token.hint,
    createdAt: now,
    validUntil: null,
    retired: false,
    lastUsedAt: null,
  };
}

/** How a secret would be stored today. */
export function secretForm(
  token: string,
  { peppers }: EngineSettings,
): Pick<SecretRecord, 'scheme' | 'pepperId' | 'digest' | 'encoded' | 'locator'> {
  const newest = peppers[0];
  const common = { encoded: null, locator: null };
  return newest
    ? { scheme: 'hmac-sha256', pepperId: newest.id, digest: hmacSha256(token, newest.secret), ...common }
    : { scheme: 'sha256', pepperId: null, digest: sha256(token), ...common };
}

function defaultEnvironment({ environment, environments }: EngineSettings): string {
  return environment ?? environments[0] ?? 'live';
}
