import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/domain/errors.js';
import type { SessionKind } from '../../src/domain/session.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { mistyped } from '../../src/testing/mistyped.js';
import { databaseFile } from '../stores/temporary-database.js';
import { type Harness, openHarness } from './harness.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function begin({ latchkey }: Harness, subject = 'admin'): Promise<{ id: string; token: string }> {
  const { session, token } = await latchkey.sessions.start({ subject, details: () => ({ via: 'test' }) });
  return { id: session.id, token: token.reveal() };
}

async function openFaulty(): Promise<Harness & { faulty: FaultyStorage }> {
  const opened: FaultyStorage[] = [];
  const harness = await openHarness({
    wrap: (storage) => {
      const faulty = createFaultyStorage(storage);
      opened.push(faulty);
      return faulty.storage;
    },
  });
  const [faulty] = opened;
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  return { ...harness, faulty };
}

describe('a session', () => {
  it('is found by its token alone, with what was noted when it began', async () => {
    const harness = await openHarness();
    const { latchkey, clock } = harness;
    const { id, token } = await begin(harness);
    const now = clock.now();
    expect(await latchkey.sessions.find('operator', token)).toEqual({
      id,
      kind: 'operator',
      subject: 'admin',
      details: { via: 'test' },
      createdAt: now,
      lastSeenAt: now,
      idleExpiresAt: now + 30 * MINUTE,
      expiresAt: now + 12 * HOUR,
      openedBy: null,
    });
    const other = await begin(harness);
    expect(other.token).not.toBe(token);
    for (const text of [id, '', 'x'.repeat(600), token.slice(0, -1), mistyped(token), token.toLowerCase()]) {
      expect(await latchkey.sessions.find('operator', text)).toBeNull();
    }
    expect(await latchkey.sessions.find('portal', token)).toBeNull();
    await latchkey.close();
  });

  it('is no key: its token is none, and that of a key opens no session', async () => {
    const harness = await openHarness();
    const { latchkey, issue } = harness;
    const { token } = await begin(harness);
    expect((await latchkey.verify(token, { environment: 'operator' })).code).toBe('not_found');
    const operator = await issue({ environment: 'operator', scopes: ['*:*'] });
    expect(await latchkey.sessions.find('operator', operator.token)).toBeNull();
    await latchkey.close();
  });

  it('ends when nobody asked anything for 30 minutes, and lives on while somebody does', async () => {
    const harness = await openHarness();
    const { latchkey, clock } = harness;
    const { token } = await begin(harness);
    for (let i = 0; i < 5; i++) {
      clock.set(clock.now() + 29 * MINUTE);
      expect(await latchkey.sessions.find('operator', token)).not.toBeNull();
    }
    clock.set(clock.now() + 30 * MINUTE - 1);
    const last = await latchkey.sessions.find('operator', token);
    expect(last?.lastSeenAt).toBe(clock.now());
    clock.set(clock.now() + 30 * MINUTE);
    expect(await latchkey.sessions.find('operator', token)).toBeNull();
    await latchkey.close();
  });

  it('ends after 12 hours, however busy, and sooner where it was told to', async () => {
    const harness = await openHarness();
    const { latchkey, clock } = harness;
    const start = clock.now();
    const { token } = await begin(harness);
    const bounded = await latchkey.sessions.start({ subject: 'admin', details: () => ({}), expiresAt: start + HOUR });
    const late = await latchkey.sessions.start({ subject: 'admin', details: () => ({}), expiresAt: start + 99 * HOUR });
    expect(late.session.expiresAt).toBe(start + 12 * HOUR);
    for (let at = start; at < start + 12 * HOUR; at += 20 * MINUTE) {
      clock.set(at);
      expect(await latchkey.sessions.find('operator', token)).not.toBeNull();
      expect((await latchkey.sessions.find('operator', bounded.token.reveal())) !== null).toBe(at < start + HOUR);
    }
    clock.set(start + 12 * HOUR - 1);
    expect(await latchkey.sessions.find('operator', token)).not.toBeNull();
    clock.set(start + 12 * HOUR);
    expect(await latchkey.sessions.find('operator', token)).toBeNull();
    await latchkey.close();
  });

  it('is written at most once a minute, however often it is asked for', async () => {
    const harness = await openFaulty();
    const { latchkey, clock, faulty } = harness;
    const { token } = await begin(harness);
    const touches = () => faulty.calls().filter((call) => call === 'sessions.touchSession').length;
    for (let second = 0; second < 300; second += 10) {
      await latchkey.sessions.find('operator', token);
      clock.set(clock.now() + 10_000);
    }
    expect(touches()).toBe(4);
    await latchkey.close();
  });

  it('is still good where the store can be read and not be written', async () => {
    const harness = await openFaulty();
    const { latchkey, clock, faulty } = harness;
    const { token } = await begin(harness);
    clock.set(clock.now() + 10 * MINUTE);
    faulty.failAt(2, 'before');
    expect((await latchkey.sessions.find('operator', token))?.lastSeenAt).toBe(clock.now() - 10 * MINUTE);
    faulty.failAt(1, 'before');
    await expect(latchkey.sessions.find('operator', token)).rejects.toMatchObject({ code: 'unavailable' });
    await latchkey.close();
  });

  it('ends by itself alone, or with all of its subject', async () => {
    const harness = await openHarness();
    const { latchkey } = harness;
    const [one, two, three] = [await begin(harness), await begin(harness), await begin(harness)];
    const other = await begin(harness, 'key_other');
    const open = async () =>
      Promise.all([one, two, three, other].map(async ({ token }) => (await latchkey.sessions.find('operator', token)) !== null));
    await latchkey.sessions.end(one.id, 'portal');
    expect(await open()).toEqual([true, true, true, true]);
    await latchkey.sessions.end(one.id, 'operator');
    expect(await open()).toEqual([false, true, true, true]);
    await latchkey.sessions.endAll('operator', 'admin');
    expect(await open()).toEqual([false, false, false, true]);
    await latchkey.close();
  });

  it('leaves no token in the database, and is dropped from it when it is long over', async () => {
    const file = await databaseFile();
    const harness = await openHarness({ file });
    const { latchkey, clock, storage } = harness;
    const { token } = await begin(harness);
    const link = await latchkey.sessions.createLink({ ownerId: 'ada', details: {} });
    const written = Buffer.concat(await Promise.all(['', '-wal'].map(async (end) => readFile(file + end)))).toString('latin1');
    expect(written).toContain(link.id);
    for (const secret of [token, link.token.reveal()]) expect(written).not.toContain(secret.slice(-20));
    const kept = async () => (await storage.sessions.findSession(await digestOf(token))) !== null;
    expect(await kept()).toBe(true);
    clock.set(clock.now() + 36 * HOUR - 1);
    await clock.advance(MINUTE);
    await expect.poll(kept).toBe(false);
    await latchkey.close();
  });
});

async function digestOf(token: string) {
  const { sha256 } = await import('../../src/domain/credential-digest.js');
  return sha256(token);
}

describe('a token that a session began with', () => {
  it('is judged anew at each call: what it may do now, and whether it is good at all', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, secretId } = await issue({ environment: 'operator', scopes: ['keys:read', 'keys:write'], ipRules: ['10.0.0.0/8'] });
    const asked = { environment: 'operator', scopes: ['keys:write'], ip: '10.1.2.3' };
    const code = async (request = asked) => (await latchkey.sessions.verifySecret(secretId, request)).code;
    expect(await code()).toBe('valid');
    expect(await code({ ...asked, ip: '192.0.2.1' })).toBe('ip_denied');
    await latchkey.keys.update(id, { scopes: ['keys:read'] });
    expect(await code()).toBe('insufficient_scope');
    expect(await code({ ...asked, scopes: [] })).toBe('valid');
    await latchkey.keys.disable(id);
    expect(await code({ ...asked, scopes: [] })).toBe('disabled');
    await latchkey.keys.enable(id);
    await latchkey.keys.rotate(id);
    expect(await code({ ...asked, scopes: [] })).toBe('revoked');
    await latchkey.close();
  });

  it('is charged like the token itself, and counted as a use of it', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const limits = [{ name: 'calls', limit: 3, window: '1d' }];
    const { id, token, secretId } = await issue({ environment: 'operator', scopes: ['keys:read'], limits, credits: { remaining: 10 } });
    const request = { environment: 'operator' };
    const codes = await Promise.all(
      Array.from({ length: 6 }, async (_, index) =>
        index % 2 === 0 ? latchkey.sessions.verifySecret(secretId, request) : latchkey.verify(token, request),
      ),
    );
    expect(codes.filter(({ valid }) => valid)).toHaveLength(3);
    expect((await latchkey.sessions.verifySecret(secretId, request)).code).toBe('rate_limited');
    await clock.advance(1_500);
    const { credits, lastUsedAt } = await latchkey.keys.get(id);
    expect([credits?.remaining, lastUsedAt === null]).toEqual([7, false]);
    await latchkey.close();
  });

  it('that there is not is unknown, and a store that does not answer is no refusal', async () => {
    const { latchkey, faulty } = await openFaulty();
    expect((await latchkey.sessions.verifySecret('sec_none')).code).toBe('not_found');
    faulty.breakDown();
    expect((await latchkey.sessions.verifySecret('sec_none')).code).toBe('unavailable');
    faulty.mend();
    await latchkey.close();
  });

  it('loses against a revocation that is committed while it is being charged, and nothing stays charged', async () => {
    const { latchkey, issue, faulty } = await openFaulty();
    const { id, secretId } = await issue({ environment: 'operator', scopes: ['keys:read'], credits: { remaining: 5 } });
    const gate = faulty.gate('credits.spend', 'after');
    const verdict = latchkey.sessions.verifySecret(secretId, { environment: 'operator' });
    await gate.reached;
    await latchkey.keys.revoke(id);
    gate.release();
    expect((await verdict).code).toBe('revoked');
    expect((await latchkey.keys.get(id)).credits?.remaining).toBe(5);
    await latchkey.close();
  });
});

describe('a link to the portal', () => {
  it('opens one session, however many use it at once, and is then used', async () => {
    const { latchkey, clock } = await openHarness();
    const link = await latchkey.sessions.createLink({ ownerId: 'ada', details: { allow: ['create'] }, expiresIn: '2h' });
    expect([link.linkExpiresAt - clock.now(), link.expiresAt - clock.now()]).toEqual([10 * MINUTE, 2 * HOUR]);
    const openings = await Promise.all(Array.from({ length: 20 }, async () => latchkey.sessions.openLink(link.token.reveal())));
    expect(openings.map(({ outcome }) => outcome).toSorted()).toEqual(['opened', ...Array.from({ length: 19 }, () => 'used')]);
    const opened = openings.find((opening) => opening.outcome === 'opened');
    if (opened?.outcome !== 'opened') throw new Error('None was opened.');
    expect(await latchkey.sessions.find('portal', opened.token.reveal())).toMatchObject({
      kind: 'portal',
      subject: 'ada',
      details: { allow: ['create'] },
      expiresAt: clock.now() + 2 * HOUR,
    });
    clock.set(clock.now() + 2 * HOUR - 1);
    expect(await latchkey.sessions.find('portal', opened.token.reveal())).not.toBeNull();
    clock.set(clock.now() + 1);
    expect(await latchkey.sessions.find('portal', opened.token.reveal())).toBeNull();
    expect((await latchkey.sessions.openLink(link.token.reveal())).outcome).toBe('used');
    await latchkey.close();
  });

  it('is good for ten minutes, and is no session itself', async () => {
    const { latchkey, clock } = await openHarness();
    const [one, two] = [
      await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }),
      await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }),
    ];
    for (const kind of ['operator', 'portal'] as const satisfies SessionKind[]) {
      expect(await latchkey.sessions.find(kind, one.token.reveal())).toBeNull();
    }
    clock.set(clock.now() + 10 * MINUTE - 1);
    expect((await latchkey.sessions.openLink(one.token.reveal())).outcome).toBe('opened');
    clock.set(clock.now() + 1);
    expect((await latchkey.sessions.openLink(two.token.reveal())).outcome).toBe('expired');
    for (const text of ['', 'nonsense', `${one.token.reveal()}x`]) expect((await latchkey.sessions.openLink(text)).outcome).toBe('unknown');
    await latchkey.close();
  });

  it('can be withdrawn, and with it the session that it opened', async () => {
    const { latchkey } = await openHarness();
    const links = [
      await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }),
      await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }),
    ];
    const opening = await latchkey.sessions.openLink(links[0]?.token.reveal() ?? '');
    if (opening.outcome !== 'opened') throw new Error('It was not opened.');
    for (const { id } of links) await latchkey.sessions.withdrawLink(id);
    expect(await latchkey.sessions.find('portal', opening.token.reveal())).toBeNull();
    expect((await latchkey.sessions.openLink(links[1]?.token.reveal() ?? '')).outcome).toBe('unknown');
    await expect(latchkey.sessions.withdrawLink(links[0]?.id ?? '')).rejects.toBeInstanceOf(NotFoundError);
    await expect(latchkey.sessions.withdrawLink(opening.session.id)).rejects.toBeInstanceOf(NotFoundError);
    const { data } = await latchkey.events.list({ owner: 'ada', order: 'oldest' });
    expect(data.map(({ action, target, after }) => [action, target, after?.['link']])).toEqual([
      ['owner.portal_link_created', { type: 'owner', id: 'ada' }, links[0]?.id],
      ['owner.portal_link_created', { type: 'owner', id: 'ada' }, links[1]?.id],
      ['owner.portal_opened', { type: 'owner', id: 'ada' }, undefined],
      ['owner.portal_link_withdrawn', { type: 'owner', id: 'ada' }, links[0]?.id],
      ['owner.portal_link_withdrawn', { type: 'owner', id: 'ada' }, links[1]?.id],
    ]);
    await latchkey.close();
  });

  it('ends, and with it the session that it opened, with the operator token that made it', async () => {
    const { latchkey, issue } = await openHarness();
    const { id } = await issue({ owner: 'ops', environment: 'operator', scopes: ['portal:write'] });
    const by = { actor: { type: 'operator', id, scopes: ['portal:write'] } } as const;
    const make = () => latchkey.sessions.createLink({ ownerId: 'ada', details: {} }, by);
    const [used, unused] = [await make(), await make()];
    const opening = await latchkey.sessions.openLink(used.token.reveal());
    if (opening.outcome !== 'opened') throw new Error('It was not opened.');
    const isOpen = async () => (await latchkey.sessions.find('portal', opening.token.reveal())) !== null;
    expect(await isOpen()).toBe(true);
    await latchkey.keys.rotate(id);
    expect(await isOpen()).toBe(true);
    const scopes = ['portal:write'];
    for (const [end, undo] of [
      [() => latchkey.keys.disable(id), () => latchkey.keys.enable(id)],
      [() => latchkey.keys.update(id, { scopes: ['keys:read'] }), () => latchkey.keys.update(id, { scopes })],
      [() => latchkey.keys.update(id, { bounds: { owners: ['bob'] } }), () => latchkey.keys.update(id, { bounds: { owners: ['ada'] } })],
      [() => latchkey.owners.suspend('ops'), () => latchkey.owners.resume('ops')],
      [() => latchkey.keys.revoke(id), null],
    ] as const) {
      await end();
      expect(await isOpen()).toBe(false);
      expect((await latchkey.sessions.openLink(unused.token.reveal())).outcome).toBe('unknown');
      await undo?.();
      expect(await isOpen()).toBe(undo !== null);
    }
    await latchkey.close();
  });

  it('ends with the secret that was presented, when a rotation ends it', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id, token } = await issue({ owner: 'ops', environment: 'operator', scopes: ['portal:write'] });
    const verdict = await latchkey.verify(token, { environment: 'operator' });
    if (!verdict.valid) throw new Error('It is not valid.');
    const by = { actor: { type: 'operator', id, secretId: verdict.secretId, scopes: ['portal:write'] } } as const;
    const make = async () => (await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }, by)).token.reveal();
    const [used, unused] = [await make(), await make()];
    const opening = await latchkey.sessions.openLink(used);
    if (opening.outcome !== 'opened') throw new Error('It was not opened.');
    const isOpen = async () => (await latchkey.sessions.find('portal', opening.token.reveal())) !== null;
    await latchkey.keys.rotate(id, { grace: '1m' });
    expect(await isOpen()).toBe(true);
    await clock.advance(61_000);
    expect(await isOpen()).toBe(false);
    expect((await latchkey.sessions.openLink(unused)).outcome).toBe('unknown');
    await latchkey.close();
  });

  it('is made for an owner that may be, for a session of at most 12 hours', async () => {
    const { latchkey } = await openHarness();
    for (const [input, pointer] of [
      [{ ownerId: 'a b' }, '/ownerId'],
      [{ ownerId: 'ada', expiresIn: '13h' }, '/expiresIn'],
      [{ ownerId: 'ada', expiresIn: 0 }, '/expiresIn'],
      [{ ownerId: 'ada', expiresIn: 'soon' }, '/expiresIn'],
    ] as const) {
      await expect(latchkey.sessions.createLink({ ...input, details: {} })).rejects.toMatchObject({ issues: [{ pointer }] });
    }
    await latchkey.close();
  });
});
