/** Changing what a key may do: only the fields that are given, and only those that differ are written. */
import type * as v from 'valibot';
import type { CallContext } from '../../domain/actor.js';
import { BOUNDS } from '../../domain/bounds.js';
import { type CreditState, refillCredits } from '../../domain/credits.js';
import { ConflictError, InvalidInputError } from '../../domain/errors.js';
import type { KeyRecord } from '../../domain/key.js';
import type { Change } from '../../ports/key-store.js';
import type { IfMatch } from '../../contract/call-options.js';
import { judge, readInput, type Rules } from '../../contract/index.js';
import { updateKeyInput } from '../../contract/calls/key-inputs.js';
import { differences, draftEvent } from '../changes/change.js';
import { assertMatches, findKey, LIBRARY_CONTEXT, readKeyView, type UseCaseParts, type KeyUseCases } from '../changes/context.js';
import { assertTierExists } from './create-key.js';
import { loggedFields } from '../fields/key-events.js';
import type { EngineSettings } from '../runtime/settings.js';
import {
  boundsOf,
  creditsOf,
  expiryOf,
  judgeBounded,
  judgeBounds,
  judgeExpiry,
  judgeLifetime,
  judgePeriod,
  judgeScopes,
} from './key-rules.js';

type UpdateFields = v.InferOutput<typeof updateKeyInput>;
type CreditFields = NonNullable<UpdateFields['credits']>;
type KeyFields = Partial<Omit<KeyRecord, 'id' | 'version' | 'createdAt' | 'createdBy'>>;

export function createUpdateKey(parts: UseCaseParts): KeyUseCases['update'] {
  const { apply, clock, settings } = parts;
  return async (id, patch, context: CallContext & IfMatch = LIBRARY_CONTEXT) => {
    const rules = (now: number, key: KeyRecord | null): Rules<UpdateFields> => updateRules({ settings, now, key });
    const fields = readInput(updateKeyInput, patch, rules(clock.now(), null));
    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const key = await findKey(change, id);
      await may.assertMayChange(key);
      assertMatches('key', key, context);
      // Validated before anybody has to wait, and again beside the record when it is this change's turn.
      judge(fields, rules(now, key));
      const wanted = wantedOf(fields, now);
      assertChangeable(key, wanted, now);
      if (wanted.tier !== undefined) await assertTierExists(change, wanted.tier);
      await may.assertMayGrant({ ...key, ...wanted });
      if (fields.credits !== undefined) may.assertMayFund(key);
      const changed = differences(key, wanted);
      const credits = fields.credits === undefined ? null : await updateCredits(change, id, { input: fields.credits, now });
      if (changed === null && credits === null) return;
      await change.keys.update(id, only(wanted, Object.keys(changed?.after ?? {})));
      await change.append(
        draftEvent(
          {
            action: 'key.updated',
            target: { type: 'key', id },
            owner: key.owner,
            before: loggedFields({ ...changed?.before, ...credits?.before }),
            after: loggedFields({ ...changed?.after, ...credits?.after }),
          },
          context,
          now,
        ),
      );
    });
    const [propagation, key] = await Promise.all([applied.propagate(), readKeyView(parts, id)]);
    return { key, propagation };
  };
}

interface Judging {
  readonly settings: EngineSettings;
  readonly now: number;
  /** Null before the record is known. */
  readonly key: KeyRecord | null;
}

function updateRules({ settings, now, key }: Judging): Rules<UpdateFields> {
  return (given, refuse, isWrong) => {
    const { bounds, scopes, credits } = given;
    judgeExpiry(given, now, refuse);
    if (bounds != null) judgeBounds(bounds, settings, refuse);
    const environment = key?.environment ?? null;
    if (scopes !== undefined) judgeScopes(scopes, { environment, known: settings.scopes, held: key?.scopes }, refuse);
    const wanted = wantedOf(given, now);
    if (key !== null && !isWrong('bounds') && !isWrong('scopes')) judgeBounded({ ...key, ...wanted }, refuse);
    // A form sends back the expiry that the key has: that sets none.
    if (key !== null && 'expiresAt' in wanted && wanted.expiresAt !== key.expiresAt) judgeLifetime(given, { settings, now }, refuse);
    const begins = (['notBefore', 'expiresIn', 'expiresAt'] as const).find((name) => given[name] !== undefined);
    if (begins !== undefined) judgePeriod({ notBefore: null, expiresAt: null, ...key, ...wanted }, `/${begins}`, refuse);
    if (credits?.remaining !== undefined && credits.add !== undefined) refuse('/credits/add', 'Give either remaining or add, not both.');
  };
}

/** The fields of the record that the patch names. A field that is stored as it is given needs no word here. */
function wantedOf({ credits: _credits, expiresAt, expiresIn, scopes, bounds, ...plain }: Partial<UpdateFields>, now: number): KeyFields {
  const expires = expiresAt !== undefined || expiresIn !== undefined;
  return {
    ...given(plain),
    ...(scopes !== undefined && { scopes: [...new Set(scopes)] }),
    ...(expires && { expiresAt: expiryOf({ expiresAt, expiresIn }, now) }),
    ...(bounds !== undefined && { bounds: boundsOf(bounds) }),
  };
}

type Given<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}

function only(fields: KeyFields, names: readonly string[]): KeyFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function assertChangeable(key: KeyRecord, wanted: KeyFields, now: number): void {
  if (key.revokedAt !== null) throw new ConflictError('key_revoked', 'The key was revoked, and revocation is final. Create another key.');
  if (wanted.expiresAt !== undefined && key.expiresAt !== null && now >= key.expiresAt) {
    throw new ConflictError('key_expired', 'The key expired, and nothing brings it back. Create another key.');
  }
}

/** The budget before and after, or null where it stays as it is. */
async function updateCredits(
  change: Change,
  keyId: string,
  { input, now }: { input: CreditFields | null; now: number },
): Promise<{ before: { credits: number | null }; after: { credits: number | null; refill?: object | null } } | null> {
  const old = await change.credits.find(keyId);
  if (old === null && input !== null && input.remaining === undefined && input.add === undefined) {
    throw new InvalidInputError([
      { pointer: '/credits/remaining', message: 'The key has no budget yet: say how many credits it begins with.' },
    ]);
  }
  if (input === null) {
    if (old === null) return null;
    await change.credits.put(keyId, null);
    return { before: { credits: old.remaining }, after: { credits: null } };
  }
  const next = nextCredits(old, input, now);
  // Said again, it changes nothing: a refill's rhythm goes on as it was.
  if (old !== null && next.remaining === old.remaining && JSON.stringify(next.refill) === JSON.stringify(old.refill)) return null;
  await change.credits.put(keyId, next);
  return { before: { credits: old?.remaining ?? null }, after: { credits: next.remaining, refill: next.refill } };
}

function nextCredits(old: CreditState | null, input: CreditFields, now: number): CreditState {
  const current = old === null ? { remaining: 0, refill: null, nextRefillAt: null } : refillCredits(old, now);
  const remaining = input.remaining ?? Math.max(0, current.remaining + (input.add ?? 0));
  if (remaining > Math.max(BOUNDS.credits, current.remaining)) {
    const most = BOUNDS.credits - current.remaining;
    throw new InvalidInputError([{ pointer: '/credits/add', message: `Add at most ${most}: a balance holds at most ${BOUNDS.credits}.` }]);
  }
  if (input.refill === undefined) return { ...current, remaining };
  return creditsOf({ remaining, refill: input.refill }, now);
}
