import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/index.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { type Harness, openHarness, propertyRuns } from './harness.js';

/** Everything that takes authority away, and what the token is refused with from then on. */
const CHANGES: readonly { name: string; code: Verdict['code']; run: (on: Harness, id: string) => Promise<unknown> }[] = [
  { name: 'revoked', code: 'revoked', run: ({ latchkey }, id) => latchkey.keys.revoke(id) },
  { name: 'disabled', code: 'disabled', run: ({ latchkey }, id) => latchkey.keys.disable(id) },
  { name: 'rotated without grace', code: 'revoked', run: ({ latchkey }, id) => latchkey.keys.rotate(id) },
  { name: 're-scoped', code: 'insufficient_scope', run: ({ latchkey }, id) => latchkey.keys.update(id, { scopes: ['a:write'] }) },
  {
    name: 'brought to expire earlier',
    code: 'expired',
    run: async ({ latchkey, clock }, id) => {
      try {
        await latchkey.keys.update(id, { expiresIn: 1 });
      } finally {
        await clock.advance(1);
      }
    },
  },
  { name: 'narrowed in its addresses', code: 'ip_denied', run: ({ latchkey }, id) => latchkey.keys.update(id, { ipRules: ['10.0.0.1'] }) },
  { name: 'suspended with its owner', code: 'owner_suspended', run: ({ latchkey }) => latchkey.owners.suspend('ada') },
  { name: 'revoked with all of its owner', code: 'revoked', run: ({ latchkey }) => latchkey.owners.revokeAll('ada') },
];

async function openFaulty(): Promise<Harness & { faulty: FaultyStorage; ask: (token: string) => Promise<Verdict['code']> }> {
  let faulty: FaultyStorage | undefined;
  const harness = await openHarness({
    wrap: (storage) => {
      faulty = createFaultyStorage(storage);
      return faulty.storage;
    },
  });
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  return { ...harness, faulty, ask: async (token) => (await harness.latchkey.verify(token, { scopes: ['a:read'], ip: '192.0.2.1' })).code };
}

describe.each(CHANGES)('a key that is $name while it is being verified', ({ code, run }) => {
  it.each(['before', 'after'] as const)('stays so, when the read is held %s it happened', async (point) => {
    const harness = await openFaulty();
    const { latchkey, issue, faulty, ask } = harness;
    const { id, token } = await issue({ scopes: ['a:read'] });
    const gate = faulty.gate('keys.findByDigests', point);
    const inFlight = ask(token);
    await gate.reached;
    await run(harness, id);
    const afterwards = ask(token);
    gate.release();
    // Asked before the change, but answered after it.
    expect(await inFlight).toBe(code);
    expect(await afterwards).toBe(code);
    expect(await ask(token)).toBe(code);
    await latchkey.close();
  });

  it('stays so, when the read began before the change was committed and was answered after it was', async () => {
    const harness = await openFaulty();
    const { latchkey, issue, faulty, ask } = harness;
    const { id, token } = await issue({ scopes: ['a:read'] });
    const commit = faulty.gate('keys.change', 'after');
    const change = run(harness, id);
    await commit.reached;
    const read = faulty.gate('keys.findByDigests', 'after');
    const between = ask(token);
    await read.reached;
    commit.release();
    await change;
    read.release();
    await between;
    expect(await ask(token)).toBe(code);
    await latchkey.close();
  });

  it('stays so, when the change was committed but its answer was lost, and from then on when it is repeated', async () => {
    const harness = await openFaulty();
    const { latchkey, issue, faulty, ask } = harness;
    const { id, token } = await issue({ scopes: ['a:read'] });
    expect(await ask(token)).toBe('valid');
    const commit = faulty.gate('keys.change', 'after');
    const change = run(harness, id);
    await commit.reached;
    faulty.breakDown();
    commit.release();
    await change.catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'unavailable' });
    });
    faulty.mend();
    expect(await ask(token)).toBe(code);
    await latchkey.close();
  });
});

describe('a token that is imported while it is being looked up', () => {
  it('is good as soon as the import is answered, whatever the look-up before it found', async () => {
    const { latchkey, faulty } = await openFaulty();
    const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');
    const importToken = (token: string): Promise<unknown> =>
      latchkey.keys.import([{ name: 'old', owner: 'ada', secret: { scheme: 'sha256', digest: digestOf(token), encoding: 'hex' } }]);
    await importToken('sk_first');
    const gate = faulty.gate('keys.findByDigests', 'after');
    const before = latchkey.verify('sk_second');
    await gate.reached;
    await importToken('sk_second');
    expect((await latchkey.verify('sk_second')).code).toBe('valid');
    gate.release();
    await before;
    expect((await latchkey.verify('sk_second')).code).toBe('valid');
    await latchkey.close();
  });
});

describe('changes of one version of a key at once', () => {
  it('one is made, whatever they are, and each of the others fails its precondition', async () => {
    const kinds: readonly ((keys: Harness['latchkey']['keys'], id: string, number: number) => Promise<unknown>)[] = [
      (keys, id, number) => keys.update(id, { name: `name ${number}` }, { ifMatch: 1 }),
      (keys, id) => keys.rotate(id, { grace: '1h' }, { ifMatch: 1 }),
      (keys, id) => keys.disable(id, {}, { ifMatch: 1 }),
      (keys, id) => keys.revoke(id, {}, { ifMatch: 1 }),
      (keys, id, number) => keys.update(id, { credits: { remaining: number } }, { ifMatch: 1 }),
    ];
    const { latchkey, issue } = await openHarness();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(kinds.length - 1), { minLength: 2, maxLength: 6 }), async (picks) => {
        const { id } = await issue();
        const results = await Promise.allSettled(picks.map(async (pick, number) => kinds[pick]?.(latchkey.keys, id, number)));
        const refused = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code?: string }).code] : []));
        expect(refused).toEqual(picks.slice(1).map(() => 'precondition_failed'));
        expect((await latchkey.keys.get(id)).version).toBe(2);
        expect((await latchkey.events.list({ key: id })).data).toHaveLength(2);
      }),
      propertyRuns(50),
    );
    await latchkey.close();
  });
});

describe('however reads and changes interleave', () => {
  it('no verification that began after a change was answered is answered from the state before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(CHANGES.length - 1), { minLength: 1, maxLength: 3 }), async (scheduler, picks) => {
        const harness = await openHarness({
          wrap: (storage) => ({
            ...storage,
            keys: {
              ...storage.keys,
              // The read happens at once; when its answer arrives is for the scheduler to say.
              findByDigests: (digests) => scheduler.schedule(storage.keys.findByDigests(digests), 'answer of a read'),
            },
            check: () => storage.check(),
            close: () => storage.close(),
          }),
        });
        const { latchkey, issue } = harness;
        const { id, token } = await issue({ scopes: ['a:read'] });
        const ask = async (): Promise<string> => (await latchkey.verify(token, { scopes: ['a:read'], ip: '192.0.2.1' })).code;
        const late: Promise<string>[] = [];
        const early = [ask(), ask()];
        const changes = (async () => {
          for (const pick of picks) {
            await CHANGES[pick]?.run(harness, id).catch(() => undefined);
            late.push(ask(), ask());
            early.push(ask());
          }
        })();
        await scheduler.waitFor(changes);
        late.push(ask());
        await scheduler.waitFor(Promise.all([...early, ...late]));
        for (const answer of late) expect(await answer).not.toBe('valid');
        await latchkey.close();
      }),
      propertyRuns(100),
    );
  });
});
