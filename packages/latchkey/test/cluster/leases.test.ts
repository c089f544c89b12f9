import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLatchkey, UnavailableError } from '../../src/index.js';
import { withDatabaseFile } from '../stores/temporary-database.js';
import { reveal } from '../engine/harness.js';
import { LEASE_MS, openNodes, type Node } from './two-nodes.js';

/** Two nodes with a lease, and a key that both have in memory. */
async function twoNodes() {
  const nodes = openNodes();
  const [a, b] = [await nodes.start(), await nodes.start()];
  const { id, token } = await a.issue({ scopes: ['articles:read', 'articles:write'] });
  // Each hears of the other at its next renewal.
  await nodes.clock.advance(Math.ceil(LEASE_MS / 3));
  for (const { latchkey } of [a, b]) expect((await latchkey.verify(token)).valid).toBe(true);
  return { ...nodes, a, b, id, token };
}

async function codeOn({ latchkey }: Node, token: string): Promise<string> {
  return (await latchkey.verify(token)).code;
}

describe('a change that takes authority away', () => {
  it('is answered when every node has forgotten what was true before', async () => {
    const { a, b, id, token, timed } = await twoNodes();
    const { value, tookMs } = await timed(a.latchkey.keys.revoke(id));
    expect(value.propagation).toEqual({ applied: 2, lapsed: 0, pending: [] });
    expect(tookMs).toBeLessThan(200);
    expect([await codeOn(a, token), await codeOn(b, token)]).toEqual(['revoked', 'revoked']);
  });

  it.each<[string, (node: Node, id: string) => Promise<unknown>, string]>([
    ['disable', (node, id) => node.latchkey.keys.disable(id), 'disabled'],
    ['a suspension of the owner', (node) => node.latchkey.owners.suspend('ada'), 'owner_suspended'],
    ['the revocation of all of an owner’s keys', (node) => node.latchkey.owners.revokeAll('ada'), 'revoked'],
    ['the revocation of many keys', (node, id) => node.latchkey.keys.revokeMany({ ids: [id] }), 'revoked'],
    ['a removed scope', (node, id) => node.latchkey.keys.update(id, { scopes: ['articles:read'] }), 'insufficient_scope'],
    ['a narrowed IP rule', (node, id) => node.latchkey.keys.update(id, { ipRules: ['10.0.0.0/8'] }), 'ip_denied'],
    ['an earlier expiry', (node, id) => node.latchkey.keys.update(id, { expiresIn: 1 }), 'expired'],
    ['a rotation without grace', (node, id) => node.latchkey.keys.rotate(id), 'revoked'],
  ])('holds on the other node once it is answered: %s', async (_name, change, code) => {
    const { a, b, id, token, timed } = await twoNodes();
    const { value } = await timed(change(a, id));
    expect(value).toMatchObject({ propagation: { applied: 2, pending: [] } });
    const verdict = await b.latchkey.verify(token, { scopes: ['articles:write'], ip: '192.0.2.1' });
    expect(verdict.code).toBe(code);
  });

  it('holds on the other node once it is answered: the early end of an old secret', async () => {
    const { a, b, id, token, timed } = await twoNodes();
    const { key } = (await timed(a.latchkey.keys.rotate(id, { grace: '1d' }))).value;
    expect(await codeOn(b, token)).toBe('valid');
    const { value } = await timed(a.latchkey.keys.retireSecret(id, key.secrets[1]?.id ?? ''));
    expect(value.propagation).toEqual({ applied: 2, lapsed: 0, pending: [] });
    expect(await codeOn(b, token)).toBe('revoked');
  });

  it('of a tier’s limits holds on the other node once it is answered', async () => {
    const { a, b, timed } = await twoNodes();
    await timed(a.latchkey.tiers.put('free', { limits: [] }));
    const { token } = await a.issue({ tier: 'free' });
    await b.latchkey.verify(token);
    const { value } = await timed(a.latchkey.tiers.put('free', { limits: [{ name: 'once', limit: 1, window: '1h' }] }));
    expect(value.propagation.applied).toBe(2);
    expect((await b.latchkey.verify(token)).limits).toHaveLength(1);
  });

  it('waits for a node that is out of reach as long as its lease, and no longer', async () => {
    const { a, b, id, timed } = await twoNodes();
    b.link.breakDown();
    const { value, tookMs } = await timed(a.latchkey.keys.revoke(id));
    expect(value.propagation).toEqual({ applied: 1, lapsed: 1, pending: [] });
    expect(tookMs).toBeGreaterThanOrEqual(LEASE_MS);
    expect(tookMs).toBeLessThan(LEASE_MS * 1.2);
  });

  it('waits as long as the leases of that node are, were they longer than its own', async () => {
    const nodes = openNodes();
    const a = await nodes.start({ leaseMs: 1_000 });
    const b = await nodes.start({ leaseMs: 9_000 });
    const { id } = await a.issue();
    await nodes.clock.advance(3_100);
    b.link.breakDown();
    const { tookMs } = await nodes.timed(a.latchkey.keys.revoke(id));
    expect(tookMs).toBeGreaterThanOrEqual(9_000);
  });

  it('waits for a node that is gone once, and not again', async () => {
    const { a, b, id, timed, clock } = await twoNodes();
    const other = await a.issue();
    b.link.breakDown();
    await timed(a.latchkey.keys.revoke(id));
    await clock.advance(100);
    const { value, tookMs } = await timed(a.latchkey.keys.revoke(other.id));
    expect(value.propagation).toEqual({ applied: 1, lapsed: 0, pending: [] });
    expect(tookMs).toBeLessThan(100);
  });

  it('keeps the process that makes it alive until it is answered, though it has nothing else to do', async () => {
    await withDatabaseFile(async (file) => {
      const beside = await createLatchkey({ database: `file:${file}`, leaseMs: 1_000 });
      const script = fileURLToPath(new URL('revoking-process.js', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [script, file]);
      expect(JSON.parse(stdout)).toMatchObject({ pending: [] });
      await beside.close();
    });
  });

  it('does not wait for a node that has left', async () => {
    const { a, b, id, timed } = await twoNodes();
    await b.latchkey.close();
    expect((await timed(a.latchkey.keys.revoke(id))).value.propagation).toEqual({ applied: 1, lapsed: 0, pending: [] });
  });

  it('is answered at once where nobody wants to wait, and names the nodes of which it is not known', async () => {
    const { a, b, id, token, clock } = await twoNodes();
    b.link.breakDown();
    const context = { actor: { type: 'library', id: 'library', scopes: ['*:*'] }, wait: false } as const;
    const { propagation } = await a.latchkey.keys.revoke(id, {}, context);
    const known = await a.latchkey.cluster();
    expect(propagation.pending).toEqual(known.nodes.filter(({ self }) => !self).map((node) => node.id));
    b.link.mend();
    await clock.advance(LEASE_MS);
    expect(await codeOn(b, token)).toBe('revoked');
  });

  it('that is said again waits as the first one did, whose answer may have been lost', async () => {
    const { a, b, id, timed } = await twoNodes();
    b.link.breakDown();
    const lost = a.latchkey.keys.revoke(id);
    const third = await timed(a.latchkey.keys.revoke(id));
    expect(third.value.propagation).toEqual({ applied: 1, lapsed: 1, pending: [] });
    expect(third.tookMs).toBeGreaterThanOrEqual(LEASE_MS);
    await timed(lost);
  });

  it('that is said again through a node that was not told of it waits for that node itself', async () => {
    const { a, b, id, token, timed } = await twoNodes();
    expect(await codeOn(b, token)).toBe('valid');
    const held = b.link.gate('nodes.renew', 'before');
    const context = { actor: { type: 'library', id: 'library', scopes: ['*:*'] }, wait: false } as const;
    await a.latchkey.keys.revoke(id, {}, context);
    const { value, tookMs } = await timed(b.latchkey.keys.revoke(id));
    expect(await codeOn(b, token)).toBe('revoked');
    expect(value.propagation).toMatchObject({ pending: [] });
    expect(tookMs).toBeGreaterThanOrEqual(LEASE_MS);
    held.release();
  });

  it('that rests on one of another node waits until its own node was told of that', async () => {
    const { a, b, id, token, timed } = await twoNodes();
    await a.issue();
    expect(await codeOn(b, token)).toBe('valid');
    const context = { actor: { type: 'library', id: 'library', scopes: ['*:*'] }, wait: false } as const;
    const held = b.link.gate('nodes.renew', 'before');
    await a.latchkey.keys.revoke(id, {}, context);
    const all = b.latchkey.owners.revokeAll('ada');
    await held.reached;
    held.release();
    await timed(all);
    expect(await codeOn(b, token)).toBe('revoked');
  });

  it('promises nothing of nodes that cannot be asked after once it was committed, and has waited out a lease by then', async () => {
    const { a, id, timed } = await twoNodes();
    const held = a.link.gate('nodes.listNodes', 'before');
    const { value, tookMs } = await timed(a.latchkey.keys.revoke(id));
    expect(value.propagation).toEqual({ applied: 1, lapsed: 0, pending: ['unknown'] });
    expect(tookMs).toBeGreaterThanOrEqual(LEASE_MS);
    held.release();
  });

  it('is refused as unavailable, its outcome unknown, where the store is out of reach once it was committed', async () => {
    const { a, id } = await twoNodes();
    const gate = a.link.gate('keys.change', 'after');
    const revoked = a.latchkey.keys.revoke(id);
    await gate.reached;
    a.link.breakDown();
    gate.release();
    // The change is durable, but nothing more can be read of it.
    await expect(revoked).rejects.toBeInstanceOf(UnavailableError);
    a.link.mend();
  });
});

describe('a node', () => {
  it('answers from memory while it holds its lease', async () => {
    const { b, token, clock } = await twoNodes();
    b.link.reset();
    for (let at = 0; at < 4; at++) {
      await clock.advance(LEASE_MS / 2);
      expect(await codeOn(b, token)).toBe('valid');
    }
    expect(b.link.calls()).not.toContain('keys.findByDigests');
  });

  it('asks the store at every verification once its lease has run out', async () => {
    const { b, token, clock } = await twoNodes();
    const gate = b.link.gate('nodes.renew', 'before');
    await clock.advance(LEASE_MS);
    b.link.calls();
    const before = b.link.calls().filter((call) => call === 'keys.findByDigests').length;
    expect([await codeOn(b, token), await codeOn(b, token)]).toEqual(['valid', 'valid']);
    expect(b.link.calls().filter((call) => call === 'keys.findByDigests').length - before).toBe(2);
    expect((await b.latchkey.cluster()).holdsLease).toBe(false);
    gate.release();
  });

  it('joins no read that began before while it has no lease', async () => {
    const { b, token, clock } = await twoNodes();
    const renewal = b.link.gate('nodes.renew', 'before');
    await clock.advance(LEASE_MS);
    const slow = b.link.gate('keys.findByDigests', 'after');
    const first = b.latchkey.verify(token);
    await slow.reached;
    const second = await b.latchkey.verify(token);
    expect(second.valid).toBe(true);
    slow.release();
    expect((await first).valid).toBe(true);
    renewal.release();
  });

  it('answers that it cannot, once its lease has run out and the store is out of reach', async () => {
    const { b, token, clock } = await twoNodes();
    b.link.breakDown();
    expect(await codeOn(b, token)).toBe('valid');
    await clock.advance(LEASE_MS);
    expect(await codeOn(b, token)).toBe('unavailable');
    b.link.mend();
    await clock.advance(LEASE_MS);
    expect(await codeOn(b, token)).toBe('valid');
  });

  it('holds no lease once its machine has slept, also where its wall clock is behind the last change', async () => {
    const nodes = openNodes();
    const a = await nodes.start();
    const { token } = await a.issue();
    nodes.clock.set(nodes.clock.now() - 300_000);
    const b = await nodes.start();
    expect(await codeOn(b, token)).toBe('valid');
    b.link.breakDown();
    // Nothing of that is seen by the monotonic clock.
    nodes.clock.set(nodes.clock.now() + LEASE_MS);
    expect(await codeOn(b, token)).toBe('unavailable');
    b.link.mend();
  });

  it('answers on from memory, as degraded, for as long as staleIfErrorMs says and no longer', async () => {
    const nodes = openNodes();
    const b = await nodes.start({ staleIfErrorMs: 60_000 });
    const { token } = await b.issue();
    await b.latchkey.verify(token);
    b.link.breakDown();
    await nodes.clock.advance(LEASE_MS);
    expect(await b.latchkey.verify(token)).toMatchObject({ valid: true, degraded: true });
    expect(await b.latchkey.verify('lk_live_unknown')).toMatchObject({ valid: false });
    await nodes.clock.advance(60_000);
    expect(await codeOn(b, token)).toBe('unavailable');
  });

  it('forgets everything where the log is not the one that it knew', async () => {
    const { a, b, id, token, clock } = await twoNodes();
    await b.storage.nodes.removeNode((await b.latchkey.cluster()).nodes.find(({ self }) => self)?.id ?? '');
    await clock.advance(LEASE_MS);
    b.link.reset();
    await b.latchkey.verify(token);
    expect(b.link.calls()).toContain('keys.findByDigests');
    expect((await a.latchkey.keys.get(id)).status).toBe('active');
  });

  it('holds no lease after it was closed', async () => {
    const { b, token } = await twoNodes();
    await b.latchkey.close();
    await expect(b.latchkey.verify(token)).rejects.toThrow();
  });

  it('accepts at once, elsewhere too, a token that was imported after somebody tried it', async () => {
    const { a, b, clock } = await twoNodes();
    expect(await codeOn(b, 'sk_of_another_system')).toBe('malformed');
    const digest = '7b9d8d7b1c1e3a6d8b7a0ff4e8a9d3b1c2d3e4f5061728394a5b6c7d8e9fa0b1';
    await a.latchkey.keys.import([{ name: 'old', owner: 'ada', secret: { scheme: 'sha256', digest, encoding: 'hex' } }]);
    await clock.advance(200);
    expect(await codeOn(b, 'sk_of_another_system')).toBe('not_found');
  });

  it('of strict consistency has nothing in memory, and nobody waits for it', async () => {
    const nodes = openNodes();
    const a = await nodes.start();
    const strict = await nodes.start({ consistency: 'strict' });
    const { id, token } = await a.issue();
    await nodes.clock.advance(LEASE_MS);
    expect(await codeOn(strict, token)).toBe('valid');
    const { value } = await nodes.timed(a.latchkey.keys.revoke(id));
    expect(value.propagation).toEqual({ applied: 1, lapsed: 0, pending: [] });
    expect(await codeOn(strict, token)).toBe('revoked');
  });

  it('of strict consistency waits for the others with its own changes', async () => {
    const nodes = openNodes();
    const a = await nodes.start();
    const strict = await nodes.start({ consistency: 'strict' });
    const { id, token } = await a.issue();
    await a.latchkey.verify(token);
    const { value } = await nodes.timed(strict.latchkey.keys.revoke(id));
    expect(value.propagation).toMatchObject({ pending: [] });
    expect(await codeOn(a, token)).toBe('revoked');
  });

  it('shows the nodes on record, and how far each has come', async () => {
    const { a, b } = await twoNodes();
    const view = await a.latchkey.cluster();
    expect(view).toMatchObject({ mode: 'lease', leaseMs: LEASE_MS, holdsLease: true });
    const byLabel = view.nodes.toSorted((one, other) => one.label.localeCompare(other.label));
    expect(byLabel.map(({ label, self }) => [label, self])).toEqual([
      ['host:1', true],
      ['host:2', false],
    ]);
    expect((await b.latchkey.cluster()).nodes.every(({ behind }) => behind === 0)).toBe(true);
  });

  it('keeps its keys out of a token that another node issued', async () => {
    const { a, b } = await twoNodes();
    const { token } = await b.latchkey.keys.create({ name: 'new', owner: 'bea' });
    expect(await codeOn(a, reveal(token))).toBe('valid');
  });
});
