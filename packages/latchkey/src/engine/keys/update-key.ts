/** Changing what a key may do: only the fields that are given, and only those that differ are written. */
import { BOUNDS } from '../../domain/bounds.js';
import { type CreditState, refillCredits } from '../../domain/credits.js';
import { ConflictError, InvalidInputError } from '../../domain/errors.js';
import type { KeyRecord } from '../../domain/key.js';
import type { Change } from '../../ports/key-store.js';
import type { Keys, UpdateCreditsInput, UpdateKeyInput } from '../api/index.js';
import { differences, draftEvent } from '../changes/change.js';
import { findKey, LIBRARY_CONTEXT, readKeyView, type UseCaseParts } from '../changes/context.js';
import { assertTierExists } from './create-key.js';
import { loggedFields } from '../fields/key-events.js';
import { createFieldReader, type FieldReader } from '../fields/key-input.js';
import { checkBounds, readBounds } from '../fields/read-bounds.js';

type KeyFields = Partial<Omit<KeyRecord, 'id' | 'createdAt' | 'createdBy'>>;

export function createUpdateKey(parts: UseCaseParts): Keys['update'] {
  const { apply, clock, settings } = parts;
  return async (id, patch, context = LIBRARY_CONTEXT) => {
    const read = (now: number, key: KeyRecord | null): KeyFields => {
      const fields = createFieldReader();
      const scopes = { environment: key?.environment ?? null, known: settings.scopes, held: key?.scopes };
      const wanted = {
        ...readPatch(patch, fields, now),
        ...(patch.bounds !== undefined && { bounds: readBounds(patch.bounds, fields, settings) }),
        ...(patch.scopes !== undefined && { scopes: fields.scopes(patch.scopes, scopes) }),
      };
      if (key !== null) checkBounds({ ...key, ...wanted }, fields);
      checkPeriod(patch, fields, { notBefore: null, expiresAt: null, ...key, ...wanted });
      checkCredits(patch.credits, fields, now);
      fields.finish();
      return wanted;
    };
    // Read once to refuse what is wrong before anybody has to wait, and again when it is this change's turn.
    read(clock.now(), null);
    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const key = await findKey(change, id);
      await may.assertMayChange(key);
      const wanted = read(now, key);
      assertChangeable(key, wanted, now);
      if (wanted.tier !== undefined) await assertTierExists(change, wanted.tier);
      await may.assertMayGrant({ ...key, ...wanted });
      if (patch.credits !== undefined) may.assertMayFund(key);
      const changed = differences(key, wanted);
      if (changed !== null) await change.keys.update(id, only(wanted, Object.keys(changed.after)));
      const credits = patch.credits === undefined ? null : await updateCredits(change, id, { input: patch.credits, now });
      if (changed === null && credits === null) return;
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

function readPatch(patch: UpdateKeyInput, fields: FieldReader, now: number): KeyFields {
  const expires = patch.expiresAt !== undefined || patch.expiresIn !== undefined;
  return {
    ...(patch.name !== undefined && { name: fields.name(patch.name) }),
    ...(patch.tier !== undefined && { tier: fields.tier(patch.tier) }),
    ...(expires && { expiresAt: fields.expiry(patch, now) }),
    ...(patch.notBefore !== undefined && { notBefore: fields.instant(patch.notBefore, '/notBefore') }),
    ...(patch.ipRules !== undefined && { ipRules: fields.ipRules(patch.ipRules) }),
    ...(patch.limits !== undefined && { limits: fields.limits(patch.limits) }),
    ...(patch.metadata !== undefined && { metadata: fields.metadata(patch.metadata) }),
  };
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

function checkPeriod(patch: UpdateKeyInput, fields: FieldReader, period: Pick<KeyRecord, 'notBefore' | 'expiresAt'>): void {
  const given = (['notBefore', 'expiresIn', 'expiresAt'] as const).find((name) => patch[name] !== undefined);
  if (given !== undefined) fields.period(period, `/${given}`);
}

function checkCredits(input: UpdateCreditsInput | null | undefined, fields: FieldReader, now: number): void {
  if (input == null) return;
  if (input.remaining !== undefined && input.add !== undefined) fields.refuse('/credits/add', 'Give either remaining or add, not both.');
  if (input.remaining !== undefined) fields.amount(input.remaining, '/credits/remaining');
  if (input.add !== undefined) fields.amount(Math.abs(input.add), '/credits/add');
  if (input.refill != null) fields.credits({ remaining: 0, refill: input.refill }, now);
}

/** The budget before and after, or null where it stays as it is. */
async function updateCredits(
  change: Change,
  keyId: string,
  { input, now }: { input: UpdateCreditsInput | null; now: number },
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

function nextCredits(old: CreditState | null, input: UpdateCreditsInput, now: number): CreditState {
  const current = old === null ? { remaining: 0, refill: null, nextRefillAt: null } : refillCredits(old, now);
  const remaining = input.remaining ?? Math.max(0, current.remaining + (input.add ?? 0));
  if (remaining > Math.max(BOUNDS.credits, current.remaining)) {
    const most = BOUNDS.credits - current.remaining;
    throw new InvalidInputError([{ pointer: '/credits/add', message: `Add at most ${most}: a balance holds at most ${BOUNDS.credits}.` }]);
  }
  if (input.refill === undefined) return { ...current, remaining };
  const fields = createFieldReader();
  return fields.credits({ remaining, refill: input.refill }, now);
}
