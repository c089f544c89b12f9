/**
 * A model of what must be true of keys, run beside the real engine on a real store: random commands, and after each
 * of them every token ever issued is verified and every invariant looked at.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Harness, openHarness, propertyRuns, reveal } from './harness.js';

interface ModelSecret {
  readonly token: string;
  readonly key: ModelKey;
  validUntil: number | null;
}

interface ModelKey {
  readonly id: string;
  readonly owner: string;
  scopes: string[];
  revoked: boolean;
  disabled: boolean;
  expiresAt: number | null;
  credits: number | null;
}

interface Model {
  keys: ModelKey[];
  secrets: ModelSecret[];
  suspended: Set<string>;
  /** How many changes had an effect: so many entries the log must have. */
  changes: number;
}

type Step = (harness: Harness, model: Model) => Promise<void>;

const OWNERS = ['ada', 'bob'];
const ASKED = 'articles:read';

describe('the life of keys', () => {
  it('holds every promise after every step, whatever is asked in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(), { minLength: 5, maxLength: 25 }), async (steps) => {
        const harness = await openHarness();
        const model: Model = { keys: [], secrets: [], suspended: new Set(), changes: 0 };
        for (const { name, run } of steps) {
          await run(harness, model);
          await assertAgreement(harness, model, name);
        }
        await harness.latchkey.close();
      }),
      propertyRuns(60),
    );
  });
});

function step(): fc.Arbitrary<{ name: string; run: Step }> {
  const which = fc.nat(1000);
  const named = (name: string, run: Step): { name: string; run: Step } => ({ name, run });
  return fc.oneof(
    fc
      .record({
        owner: fc.constantFrom(...OWNERS),
        expiresInMs: fc.option(fc.integer({ min: 1, max: 5000 })),
        credits: fc.option(fc.nat(3)),
        scoped: fc.boolean(),
      })
      .map((input) => named('create', create(input))),
    fc
      .record({ which, graceMs: fc.constantFrom(0, 1, 1000, 4000) })
      .map(({ which: index, graceMs }) => named('rotate', rotate(index, graceMs))),
    which.map((index) =>
      named('revoke', (harness, model) => change(model, index, { ...REVOKE, call: (id) => harness.latchkey.keys.revoke(id) })),
    ),
    which.map((index) =>
      named('disable', (harness, model) => change(model, index, { ...DISABLE(harness), call: (id) => harness.latchkey.keys.disable(id) })),
    ),
    which.map((index) =>
      named('enable', (harness, model) => change(model, index, { ...ENABLE(harness), call: (id) => harness.latchkey.keys.enable(id) })),
    ),
    fc.record({ which, scoped: fc.boolean() }).map(({ which: index, scoped }) => named('re-scope', rescope(index, scoped))),
    fc.record({ which, inMs: fc.integer({ min: -10, max: 3000 }) }).map(({ which: index, inMs }) => named('expire', expire(index, inMs))),
    fc.constantFrom(...OWNERS).map((owner) => named('suspend', suspend(owner, true))),
    fc.constantFrom(...OWNERS).map((owner) => named('resume', suspend(owner, false))),
    fc.constantFrom(...OWNERS).map((owner) => named('revoke all', revokeAll(owner))),
    which.map((index) => named('spend', spendOne(index))),
    fc.integer({ min: 0, max: 3000 }).map((ms) => named(`wait ${ms}`, ({ clock }) => clock.advance(ms))),
  );
}

function create({
  owner,
  expiresInMs,
  credits,
  scoped,
}: {
  owner: string;
  expiresInMs: number | null;
  credits: number | null;
  scoped: boolean;
}): Step {
  return async ({ latchkey, clock }, model) => {
    const scopes = scoped ? ['articles:*'] : ['other:read'];
    const { key, token } = await latchkey.keys.create({
      name: 'k',
      owner,
      scopes,
      ...(expiresInMs !== null && { expiresIn: expiresInMs }),
      ...(credits !== null && { credits: { remaining: credits } }),
    });
    const made: ModelKey = {
      id: key.id,
      owner,
      scopes,
      revoked: false,
      disabled: false,
      expiresAt: expiresInMs === null ? null : clock.now() + expiresInMs,
      credits,
    };
    model.keys.push(made);
    model.secrets.push({ token: reveal(token), key: made, validUntil: null });
    model.changes++;
  };
}

function rotate(index: number, graceMs: number): Step {
  return async ({ latchkey, clock }, model) => {
    const key = model.keys[index % model.keys.length];
    if (key === undefined) return;
    const now = clock.now();
    const result = await latchkey.keys.rotate(key.id, { grace: graceMs }).catch((error: { code: string }) => error.code);
    if (key.revoked) return expect(result).toBe('key_revoked');
    if (isExpired(key, now)) return expect(result).toBe('key_expired');
    if (typeof result === 'string') throw new Error(`The rotation was refused: ${result}`);
    for (const secret of model.secrets) {
      if (secret.key !== key) continue;
      const endsAt = Math.min(now + graceMs, key.expiresAt ?? Infinity);
      secret.validUntil = Math.min(secret.validUntil ?? Infinity, endsAt);
    }
    model.secrets.push({ token: reveal(result.token), key, validUntil: null });
    model.changes++;
  };
}

interface KeyChange {
  /** The code of the conflict that must come, or null. */
  readonly refused: (key: ModelKey) => string | null;
  /** Applies the change to the model; whether it had an effect. */
  readonly apply: (key: ModelKey) => boolean;
}

const REVOKE: KeyChange = {
  refused: () => null,
  apply: (key) => !key.revoked && (key.revoked = true),
};

const final = (harness: Harness) => (key: ModelKey) =>
  key.revoked ? 'key_revoked' : isExpired(key, harness.clock.now()) ? 'key_expired' : null;

const DISABLE = (harness: Harness): KeyChange => ({
  refused: (key) => (key.disabled ? null : final(harness)(key)),
  apply: (key) => !key.disabled && (key.disabled = true),
});

const ENABLE = (harness: Harness): KeyChange => ({
  refused: final(harness),
  apply: (key) => {
    const had = key.disabled;
    key.disabled = false;
    return had;
  },
});

async function change(
  model: Model,
  index: number,
  { refused, apply, call }: KeyChange & { call: (id: string) => Promise<unknown> },
): Promise<void> {
  const key = model.keys[index % model.keys.length];
  if (key === undefined) return;
  const expected = refused(key);
  const answer = await call(key.id).then(
    () => null,
    (error: { code: string }) => error.code,
  );
  expect(answer).toBe(expected);
  if (expected === null && apply(key)) model.changes++;
}

function rescope(index: number, scoped: boolean): Step {
  const scopes = scoped ? [ASKED, 'x:y'] : ['x:y'];
  return ({ latchkey }, model) =>
    change(model, index, {
      refused: (key) => (key.revoked ? 'key_revoked' : null),
      apply: (key) => {
        const differs = JSON.stringify(key.scopes) !== JSON.stringify(scopes);
        key.scopes = scopes;
        return differs;
      },
      call: (id) => latchkey.keys.update(id, { scopes }),
    });
}

function expire(index: number, inMs: number): Step {
  return (harness, model) => {
    const { latchkey, clock } = harness;
    const expiresAt = clock.now() + inMs;
    return change(model, index, {
      refused: inMs <= 0 ? () => 'invalid_input' : final(harness),
      apply: (key) => {
        const differs = key.expiresAt !== expiresAt;
        key.expiresAt = expiresAt;
        return differs;
      },
      call: (id) => latchkey.keys.update(id, { expiresAt: new Date(expiresAt).toISOString() }),
    });
  };
}

function suspend(owner: string, suspended: boolean): Step {
  return async ({ latchkey }, model) => {
    const known = model.keys.some((key) => key.owner === owner);
    const answer = await (suspended ? latchkey.owners.suspend(owner) : latchkey.owners.resume(owner)).catch(
      (error: { code: string }) => error.code,
    );
    if (!known) return expect(answer).toBe('not_found');
    if (model.suspended.has(owner) === suspended) return;
    if (suspended) model.suspended.add(owner);
    else model.suspended.delete(owner);
    model.changes++;
  };
}

function revokeAll(owner: string): Step {
  return async ({ latchkey }, model) => {
    const live = model.keys.filter((key) => key.owner === owner && !key.revoked);
    const answer = await latchkey.owners.revokeAll(owner).catch((error: { code: string }) => error.code);
    if (!model.keys.some((key) => key.owner === owner)) return expect(answer).toBe('not_found');
    expect(answer).toMatchObject({ revoked: live.length });
    for (const key of live) key.revoked = true;
    if (live.length > 0) model.changes++;
  };
}

function spendOne(index: number): Step {
  return async ({ latchkey, clock }, model) => {
    const secret = model.secrets[index % model.secrets.length];
    if (secret === undefined) return;
    const expected = expectedCode(secret, model, clock.now());
    expect((await latchkey.verify(secret.token, { scopes: [ASKED] })).code).toBe(
      expected === 'valid' && secret.key.credits === 0 ? 'credits_exhausted' : expected,
    );
    if (expected === 'valid' && secret.key.credits !== null && secret.key.credits > 0) secret.key.credits--;
  };
}

function isExpired(key: ModelKey, now: number): boolean {
  return key.expiresAt !== null && now >= key.expiresAt;
}

function expectedCode({ key, validUntil }: ModelSecret, { suspended }: Model, now: number): string {
  if (key.revoked || (validUntil !== null && now >= validUntil)) return 'revoked';
  if (key.disabled) return 'disabled';
  if (suspended.has(key.owner)) return 'owner_suspended';
  if (isExpired(key, now)) return 'expired';
  return key.scopes.some((scope) => scope === ASKED || scope === 'articles:*') ? 'valid' : 'insufficient_scope';
}

async function assertAgreement({ latchkey, clock }: Harness, model: Model, after: string): Promise<void> {
  const now = clock.now();
  for (const secret of model.secrets) {
    // A cost of nothing: looked at twice, from the store and from memory, without spending.
    for (let i = 0; i < 2; i++) {
      const verdict = await latchkey.verify(secret.token, { scopes: [ASKED], cost: 0 });
      expect(verdict.code, after).toBe(expectedCode(secret, model, now));
      if (verdict.valid) expect([verdict.key.id, verdict.credits], after).toEqual([secret.key.id, secret.key.credits]);
    }
  }
  const report = await latchkey.events.verify();
  expect([report.intact, report.entries], after).toEqual([true, model.changes]);
  for (const key of model.keys) {
    const { secrets } = await latchkey.keys.get(key.id);
    expect(
      secrets.filter(({ validUntil }) => validUntil === null),
      after,
    ).toHaveLength(1);
  }
}
