import { describe, expect, it } from 'vitest';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { sampleKey, START } from '../../src/testing/storage-records.js';
import { openHarness } from './harness.js';
import { forbidden, operator } from './operators.js';

const where = { tags: ['old'] };

async function openFaulty() {
  const wrapped: { faulty?: FaultyStorage } = {};
  const harness = await openHarness({
    environments: ['live', 'test'],
    wrap: (storage) => (wrapped.faulty = createFaultyStorage(storage)).storage,
  });
  if (wrapped.faulty === undefined) throw new Error('The storage was not wrapped.');
  return { ...harness, faulty: wrapped.faulty };
}

describe('keys of a filter', () => {
  it('an operator reaches those within its bounds, and changes none where one is beyond what it may give', async () => {
    const harness = await openFaulty();
    const { latchkey, issue } = harness;
    const live = await issue({ tags: ['old'], scopes: ['a:read'] });
    const test = await issue({ tags: ['old'], environment: 'test' });
    const { by } = await operator(harness, { scopes: ['keys:write'], bounds: { environments: ['live'], grants: ['a:*'] } });
    const codes = async () => Promise.all([live, test].map(async ({ token }) => (await latchkey.verify(token)).code));
    expect((await latchkey.keys.revokeWhere({ where, dryRun: true }, by)).matched).toBe(1);
    await expect(latchkey.keys.revokeWhere({ where, expect: 2 }, by)).rejects.toMatchObject({ code: 'count_changed' });
    expect((await latchkey.keys.disableWhere({ where, expect: 1 }, by)).changed).toBe(1);
    expect(await codes()).toEqual(['disabled', 'valid']);
    await latchkey.keys.enable(live.id);
    const beyond = await issue({ tags: ['old'], scopes: ['b:read'] });
    const refused = await latchkey.keys.revokeWhere({ where, expect: 2 }, by).catch((error: unknown) => error);
    expect(refused).toMatchObject(forbidden);
    expect(String(refused)).toContain(beyond.id);
    expect(await codes()).toEqual(['valid', 'valid']);
    await latchkey.close();
  });

  it('an operator gives no operator token a longer life than its own', async () => {
    const harness = await openFaulty();
    const { latchkey, clock } = harness;
    const { by } = await operator(harness, { expiresIn: '1d' });
    const other = await operator(harness, { expiresIn: '1h', owner: 'others' });
    const ask = async (expiresIn: string) => latchkey.keys.extendWhere({ where: { owner: 'others' }, expect: 1, expiresIn }, by);
    await expect(ask('2d')).rejects.toMatchObject(forbidden);
    expect((await ask('5h')).changed).toBe(1);
    expect((await latchkey.keys.get(other.id)).expiresAt).toBe(new Date(clock.now() + 5 * 3_600_000).toISOString());
    await latchkey.close();
  });

  it.each(['revokeWhere', 'disableWhere'] as const)(
    '%s: one that no longer fits when it is its turn is a conflict, and none is changed; one that came to fit is left alone',
    async (call) => {
      const { latchkey, issue, faulty } = await openFaulty();
      const [one, two, late] = [await issue({ tags: ['old'] }), await issue({ tags: ['old'] }), await issue()];
      const statuses = async () => Promise.all([one, two, late].map(async ({ id }) => (await latchkey.keys.get(id)).status));
      const found = faulty.gate('keys.listIds', 'after');
      const asked = latchkey.keys[call]({ where, expect: 2 }).catch((error: unknown) => error);
      await found.reached;
      await latchkey.keys.update(one.id, { tags: ['new'] });
      await latchkey.keys.update(late.id, { tags: ['old'] });
      found.release();
      expect(await asked).toMatchObject({ code: 'count_changed' });
      expect(await statuses()).toEqual(['active', 'active', 'active']);
      const again = faulty.gate('keys.listIds', 'after');
      const repeated = latchkey.keys[call]({ where, expect: 2 });
      await again.reached;
      await latchkey.keys.update(one.id, { tags: ['old'] });
      again.release();
      expect((await repeated).changed).toBe(2);
      expect((await statuses())[0]).toBe('active');
      await latchkey.close();
    },
  );

  it('more than 10 000 are refused, counted or not; 10 000 are changed as one change', async () => {
    const { latchkey, storage, issue } = await openFaulty();
    const { token } = await issue({ tags: ['old'] });
    await storage.keys.change(async (change) => {
      for (let number = 0; number < 10_000; number++)
        await change.keys.insert(sampleKey(number, { createdAt: START + number, tags: ['old'] }));
    });
    const refused = { code: 'invalid_input', issues: [{ pointer: '/where' }] };
    for (const sure of [{ dryRun: true }, { expect: 10_000 }]) {
      await expect(latchkey.keys.revokeWhere({ where, ...sure })).rejects.toMatchObject(refused);
    }
    await latchkey.keys.update(sampleKey(0).id, { tags: [] });
    const before = (await latchkey.events.head())?.seq ?? 0;
    expect((await latchkey.keys.revokeWhere({ where, dryRun: true })).matched).toBe(10_000);
    expect((await latchkey.keys.revokeWhere({ where, expect: 10_000 })).changed).toBe(10_000);
    expect((await latchkey.verify(token)).code).toBe('revoked');
    expect((await latchkey.events.head())?.seq).toBe(before + 10_000);
    expect((await latchkey.keys.get(sampleKey(0).id)).status).toBe('active');
    await latchkey.close();
  });
});
