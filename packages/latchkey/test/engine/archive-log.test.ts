import { describe, expect, it } from 'vitest';
import type { Actor, LogHead } from '../../src/index.js';
import { openHarness, type Harness } from './harness.js';

const HOUR_MS = 3_600_000;
const PEPPERS = [{ id: 'p1', secret: 'a-pepper-of-more-than-32-bytes-for-this-test' }];

/** An engine whose log has five entries that are older than an hour. */
async function openOld(options: Parameters<typeof openHarness>[0] = {}): Promise<Harness & { readonly heads: readonly LogHead[] }> {
  const harness = await openHarness(options);
  const { id } = await harness.issue();
  for (const verb of ['disable', 'enable', 'disable', 'enable'] as const) await harness.latchkey.keys[verb](id);
  await harness.clock.advance(HOUR_MS + 1);
  const { data } = await harness.latchkey.events.list({ order: 'oldest' });
  return { ...harness, heads: data.map(({ seq, hash }) => ({ seq, hash })) };
}

async function seqs({ latchkey }: Harness): Promise<readonly number[]> {
  return (await latchkey.events.list({ order: 'oldest' })).data.map(({ seq }) => seq);
}

const at = (heads: readonly LogHead[], index: number): LogHead => heads[index] ?? { seq: 0, hash: '' };

describe('log archive', () => {
  it('log archive: the old entries leave, the log names who archived it, and the check begins after the signed checkpoint', async () => {
    const harness = await openOld({ peppers: PEPPERS });
    const { latchkey, heads } = harness;
    const archived = at(heads, 2);
    expect(await latchkey.events.archive({ upTo: archived })).toEqual({ archived, entries: 3 });
    await expect.poll(() => seqs(harness)).toEqual([4, 5, 6]);
    const [told] = (await latchkey.events.list()).data;
    expect(told).toMatchObject({ action: 'log.archived', actor: { type: 'library' }, after: { ...archived, entries: 3 } });
    const report = await latchkey.events.verify({ expect: at(heads, 4) });
    expect(report).toMatchObject({ intact: true, entries: 3, complete: true, archived: { ...archived, signature: 'valid' } });
    // Again, as after an answer that was lost.
    expect(await latchkey.events.archive({ upTo: archived })).toEqual({ archived, entries: 0 });
    expect(await seqs(harness)).toEqual([4, 5, 6]);
    await latchkey.close();
  });

  it('log archive: a check goes on after the checkpoint, and refuses a head that was archived', async () => {
    const { latchkey, heads } = await openOld();
    await latchkey.events.archive({ upTo: at(heads, 2) });
    expect(await latchkey.events.verify({ after: at(heads, 2), expect: at(heads, 2) })).toMatchObject({
      intact: true,
      entries: 3,
      archived: { signature: 'none' },
    });
    expect(await latchkey.events.verify({ after: at(heads, 3) })).toMatchObject({ intact: true, entries: 2 });
    const other = { seq: 3, hash: 'f'.repeat(64) };
    expect(await latchkey.events.verify({ after: other })).toMatchObject({ intact: false, broken: { seq: 3 } });
    for (const query of [{ after: at(heads, 1) }, { expect: at(heads, 0) }]) {
      await expect(latchkey.events.verify(query)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await latchkey.close();
  });

  it('log archive: what is no entry of the log, is not old, or was archived is refused, and nothing is changed', async () => {
    const harness = await openOld();
    const { latchkey, heads, issue } = harness;
    await issue();
    const newest = await latchkey.events.head();
    for (const upTo of [{ ...at(heads, 1), hash: 'f'.repeat(64) }, { ...at(heads, 1), seq: 99 }, newest, null, {}]) {
      await expect(latchkey.events.archive({ upTo } as never), JSON.stringify(upTo)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await latchkey.events.archive({ upTo: at(heads, 2) });
    await expect(latchkey.events.archive({ upTo: at(heads, 1) })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect.poll(() => seqs(harness)).toEqual([4, 5, 6, 7]);
    await latchkey.close();
  });

  it('log archive: an operator needs the scope for it', async () => {
    const { latchkey, heads, issue } = await openOld();
    const by = async (scope: string): Promise<{ readonly actor: Actor }> => {
      const { id } = await issue({ environment: 'operator', scopes: [scope] });
      return { actor: { type: 'operator', id, scopes: [scope] } };
    };
    const upTo = at(heads, 2);
    await expect(latchkey.events.archive({ upTo }, await by('events:read'))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await latchkey.events.archive({ upTo }, await by('events:archive'))).toMatchObject({ entries: 3 });
    await latchkey.close();
  });

  it('log archive: a checkpoint that was moved is found by its signature, and without one by the entry that names it', async () => {
    for (const peppers of [PEPPERS, []]) {
      const { latchkey, heads, storage } = await openOld({ peppers });
      await latchkey.events.archive({ upTo: at(heads, 1) });
      // As somebody does who may write the database.
      await storage.keys.change((change) =>
        change.log.archive({ ...at(heads, 3), pepperId: peppers[0]?.id ?? null, signature: peppers.length > 0 ? 'f'.repeat(64) : null }, 1),
      );
      const report = await latchkey.events.verify();
      expect(report).toMatchObject({ intact: false, broken: { seq: 4 } });
      expect(report.broken?.reason).toMatch(peppers.length > 0 ? /signature does not match/ : /not the one that the last entry/);
      await latchkey.close();
    }
  });
});
