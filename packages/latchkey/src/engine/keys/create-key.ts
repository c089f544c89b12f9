/**
 * Creating keys, with a token of our own or with a secret that was issued elsewhere.
 *
 * engine/keys/ owns the life of a key: creating, importing, changing, rotating, revoking, listing.
 */
import type { CallContext } from '../../domain/actor.js';
import { hmacSha256, sha256 } from '../../domain/credential-digest.js';
import type { CreditState } from '../../domain/credits.js';
import { ConflictError, InvalidInputError } from '../../domain/errors.js';
import type { KeyRecord, OwnerRecord, SecretRecord } from '../../domain/key.js';
import { mintToken, Token } from '../../domain/token.js';
import type { Change } from '../../ports/key-store.js';
import { judge, readInput, type Rules } from '../../contract/index.js';
import { createKeyInput } from '../../contract/calls/key-inputs.js';
import { draftEvent } from '../changes/change.js';
import { actorName, LIBRARY_CONTEXT, newId, readKeyView, type UseCaseParts, type KeyUseCases } from '../changes/context.js';
import { loggedKey } from '../fields/key-events.js';
import { viewKey } from '../fields/key-view.js';
import type { EngineSettings } from '../runtime/settings.js';
import { chosenSecret, insertForeignSecret } from './foreign-secret.js';
import {
  boundsOf,
  creditsOf,
  expiryOf,
  judgeBounded,
  judgeBounds,
  judgeEnvironment,
  judgeExpiry,
  judgeLifetime,
  judgePeriod,
  judgeScopes,
  type NewKeyFields,
  withDefaultExpiry,
} from './key-rules.js';

/** A key that is about to be: all but its secret. */
export interface NewKey {
  readonly key: KeyRecord;
  readonly credits: CreditState | null;
}

export function createCreateKey(parts: UseCaseParts): KeyUseCases['create'] {
  const { apply, clock, entropy, repeats, settings } = parts;
  return async (input, context = LIBRARY_CONTEXT) => {
    const rules = (now: number): Rules<NewKeyFields> => createdKeyRules(settings, now);
    const fields = withDefaultExpiry(readInput(createKeyInput, input, rules(clock.now())), settings);
    const request = repeats.read(context, ['create', input]);
    const chosen = fields.token;
    const token =
      chosen === undefined
        ? mintToken(settings.prefix, environmentOf(fields, settings), (length) => entropy.bytes(length))
        : Token.of(chosen);

    const { value: outcome } = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const answered = request === null ? null : await repeats.find(change, request, { may, now });
      if (answered !== null) return answered;
      // Validated before anybody has to wait, and again when it is this change's turn: time has passed.
      judge(fields, rules(now));
      const draft = newKeyOf(fields, { parts, context, now });
      await may.assertMayGrant(draft.key);
      const { key, owner } = await insertKey(change, draft, { parts, now });
      const made = newSecret(token, { keyId: key.id, parts, now });
      const secret = chosen === undefined ? made : chosenSecret(made, chosen);
      await (chosen === undefined ? change.secrets.insert(secret) : insertForeignSecret(change, secret));
      if (request !== null) await repeats.note(change, request, { keyId: key.id, token, now });
      // Every node has to learn that there are tokens of another format, and to forget those that it did not know.
      const action = chosen === undefined ? 'key.created' : 'key.imported';
      const body = { action, target: { type: 'key', id: key.id }, owner: key.owner, after: loggedKey(key, secret) } as const;
      await change.append(draftEvent(body, context, now));
      return viewKey({ ...draft, key, secrets: [secret], ownerSuspendedAt: owner.suspendedAt, lastUse: null, uses: 0 }, now);
    });
    if ('keyId' in outcome) return { key: await readKeyView(parts, outcome.keyId), token: outcome.token, replayed: true };
    return { key: outcome, token, replayed: false };
  };
}

/** Returns the rules for a key that is created here: those of any new key, and the lifetimes that the settings allow. */
function createdKeyRules(settings: EngineSettings, now: number): Rules<NewKeyFields> {
  return (given, refuse, isWrong) => {
    const isRead = !isWrong('expiresAt') && !isWrong('expiresIn');
    const fields = isRead ? withDefaultExpiry(given, settings) : given;
    newKeyRules(settings, now)(fields, refuse, isWrong);
    if (isRead) judgeLifetime(fields, { settings, now }, refuse);
  };
}

/** Returns the rules for the fields of a new key beyond their shape, which creating and importing share. An import keeps its expiry. */
export function newKeyRules(settings: EngineSettings, now: number): Rules<NewKeyFields> {
  return (fields, refuse, isWrong) => {
    judgeExpiry(fields, now, refuse);
    judgePeriod({ notBefore: fields.notBefore ?? null, expiresAt: expiryOf(fields, now) }, '/notBefore', refuse);
    if (fields.bounds != null) judgeBounds(fields.bounds, settings, refuse);
    if (isWrong('environment')) return;
    const environment = environmentOf(fields, settings);
    judgeEnvironment(environment, settings, refuse);
    if (isWrong('scopes')) return;
    const scopes = fields.scopes ?? [];
    judgeScopes(scopes, { environment, known: settings.scopes }, refuse);
    judgeBounded({ environment, scopes, bounds: fields.bounds ?? null }, refuse);
  };
}

/** Returns a new key with these fields, which creating and importing share. */
export function newKeyOf(
  fields: NewKeyFields,
  { parts, context, now }: { parts: UseCaseParts; context: CallContext; now: number },
): NewKey {
  const { settings, entropy } = parts;
  const key: KeyRecord = {
    id: newId('key', entropy),
    version: 1,
    name: fields.name,
    description: fields.description ?? null,
    owner: fields.owner,
    tier: fields.tier ?? null,
    environment: environmentOf(fields, settings),
    scopes: [...new Set(fields.scopes)],
    tags: fields.tags ?? [],
    createdAt: now,
    createdBy: actorName(context.actor),
    notBefore: fields.notBefore ?? null,
    expiresAt: expiryOf(fields, now),
    disabledAt: null,
    revokedAt: null,
    revokedBy: null,
    revokedReason: null,
    ipRules: fields.ipRules ?? [],
    limits: fields.limits ?? [],
    metadata: fields.metadata ?? {},
    bounds: boundsOf(fields.bounds),
  };
  return { key, credits: fields.credits == null ? null : creditsOf(fields.credits, now) };
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

function environmentOf(fields: Pick<Partial<NewKeyFields>, 'environment'>, { environment, environments }: EngineSettings): string {
  return fields.environment ?? environment ?? environments[0] ?? 'live';
}
