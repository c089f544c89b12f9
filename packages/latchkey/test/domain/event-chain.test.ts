import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, createChainCheck, GENESIS_HASH, sealEvent, verifyChain } from '../../src/domain/event-chain.js';
import { EVENT_ACTIONS, type EventDraft, type LogEvent } from '../../src/domain/event.js';
import type { JsonObject, JsonValue } from '../../src/domain/json.js';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const object = fc.dictionary(text, json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;

const drafts: fc.Arbitrary<EventDraft> = fc.record({
  at: fc.nat(),
  action: fc.constantFrom(...EVENT_ACTIONS),
  actor: fc.record({ type: fc.constantFrom('admin', 'operator', 'owner', 'library', 'system'), id: text }),
  target: fc.record({ type: fc.constantFrom('key', 'owner', 'tier'), id: text }),
  owner: orNull(text),
  reason: orNull(text),
  address: orNull(text),
  requestId: orNull(text),
  session: orNull(fc.record({ id: text, link: orNull(text) })),
  before: orNull(object),
  after: orNull(object),
});

const logs = fc.array(drafts, { minLength: 2, maxLength: 8 }).map(seal);

describe('sealing', () => {
  it('leaves a session out of the hash where there is none: a log from before there were sessions is intact', async () => {
    const sealed = sealEvent(plainDraft(1), null);
    expect(sealed.hash).toBe('38d843248ba4b05b3efc40a5859b32f9a19beb879360b479bf52484b3ac37984');
    const { session: _none, ...exported } = sealed;
    expect(await verifyChain([exported as LogEvent])).toMatchObject({ intact: true });
  });

  it('numbers the entries from 1 and links each to the one before', () => {
    fc.assert(
      fc.property(logs, (log) => {
        expect(log.map((event) => event.seq)).toEqual(log.map((_, index) => index + 1));
        expect(log.map((event) => event.previousHash)).toEqual([GENESIS_HASH, ...log.map((event) => event.hash)].slice(0, -1));
      }),
    );
  });

  it('gives an entry that survives being stored as UTF-8 and JSON', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const sealed = sealEvent(draft, null);
        const stored = JSON.parse(Buffer.from(JSON.stringify(sealed), 'utf8').toString('utf8')) as LogEvent;
        expect(createChainCheck().next(stored)).toBeNull();
        expect(Buffer.from(sealed.target.id, 'utf8').toString('utf8')).toBe(sealed.target.id);
      }),
    );
  });

  it('replaces what UTF-8 cannot hold before it hashes', () => {
    const sealed = sealEvent({ ...plainDraft(1), reason: 'a\ud800b', after: { 'k\udfff': ['\ud800'] } }, null);
    expect([sealed.reason, sealed.after]).toEqual(['a\ufffdb', { 'k\ufffd': ['\ufffd'] }]);
    expect(createChainCheck().next(sealed)).toBeNull();
  });

  it('has the hash that RFC 8785 and SHA-256 give', () => {
    // The hash was computed by another implementation (Python's json and hashlib).
    const canonical = canonicalJson({ b: [1e21, 0.000001, -0, 'é\u20ac\u000f'], a: { '\ufb33': 1, '\u{1f600}': 2, '\r': 3 } });
    expect(canonical).toBe('{"a":{"\\r":3,"\u{1f600}":2,"\ufb33":1},"b":[1e+21,0.000001,0,"é\u20ac\\u000f"]}');
    expect(sealEvent(plainDraft(1), null).hash).toBe('38d843248ba4b05b3efc40a5859b32f9a19beb879360b479bf52484b3ac37984');
  });
});

describe('checking a log', () => {
  it('accepts every log as it was written, with and without a head that was kept', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), async (log, at) => {
        const kept = log[at % log.length];
        const report = { intact: true, entries: log.length, head: { seq: log.length, hash: log.at(-1)?.hash }, broken: null };
        expect(await verifyChain(log)).toEqual(report);
        expect(await verifyChain(asyncOf(log), { expect: kept })).toEqual(report);
      }),
    );
    expect(await verifyChain([])).toEqual({ intact: true, entries: 0, head: null, broken: null });
  });

  it('finds any single field that was edited, at the entry that was edited', () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.constantFrom(...EDITS), (log, at, edit) => {
        const index = at % log.length;
        const edited = log.with(index, edit(entry(log, index)));
        expect(broken(edited)?.seq).toBe(index + 1);
      }),
    );
  });

  it('finds an entry that was edited and hashed anew, at the one after it', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, at) => {
        const index = at % (log.length - 1);
        const { seq, previousHash, ...draft } = entry(log, index);
        const forged = sealEvent({ ...draft, at: draft.at + 1 }, { seq: seq - 1, hash: previousHash });
        expect(broken(log.with(index, forged))?.seq).toBe(seq + 1);
      }),
    );
  });

  it('finds an entry that was taken out, and names it', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, at) => {
        const index = at % (log.length - 1);
        expect(broken(log.toSpliced(index, 1))?.seq).toBe(index + 1);
      }),
    );
  });

  it('finds entries that were exchanged, repeated or put in', () => {
    fc.assert(
      fc.property(logs, fc.tuple(fc.nat(), fc.nat()), drafts, (log, places, draft) => {
        const [first, second] = [places[0] % log.length, places[1] % log.length];
        fc.pre(first !== second);
        const [a, b] = [entry(log, first), entry(log, second)];
        expect(broken(log.with(first, b).with(second, a))).not.toBeNull();
        expect(broken(log.toSpliced(first, 0, b))).not.toBeNull();
        expect(broken(log.toSpliced(first, 0, sealEvent(draft, log[first - 1] ?? null)))?.seq).toBe(first + 1);
      }),
    );
  });

  it('finds a tail that was cut off, given a head that was kept', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), async (log, at) => {
        const left = at % log.length;
        const report = await verifyChain(log.slice(0, left), { expect: log.at(-1) });
        expect([report.intact, report.broken?.seq, report.entries]).toEqual([false, left + 1, left]);
      }),
    );
  });

  it('finds a log that was written anew from some entry on, given a head that was kept', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), async (log, at) => {
        const kept = entry(log, at % log.length);
        const rewritten = seal(log.map((event) => (event.seq === kept.seq ? { ...event, at: event.at + 1 } : event)));
        expect((await verifyChain(rewritten)).intact).toBe(true);
        const report = await verifyChain(rewritten, { expect: kept });
        expect([report.intact, report.broken?.seq]).toEqual([false, kept.seq]);
      }),
    );
  });

  it('goes on naming the first break, and why', () => {
    const log = seal([1, 2, 3, 4, 5].map(plainDraft));
    const check = createChainCheck();
    for (const event of log.toSpliced(1, 2)) check.next(event);
    expect(check.finish().broken).toEqual({ seq: 2, reason: 'Entries 2 to 3 are missing.' });
  });
});

const EDITS: readonly ((event: LogEvent) => LogEvent)[] = [
  (event) => ({ ...event, at: event.at + 1 }),
  (event) => ({ ...event, action: event.action === 'key.created' ? 'key.revoked' : 'key.created' }),
  (event) => ({ ...event, actor: { ...event.actor, id: `${event.actor.id}x` } }),
  (event) => ({ ...event, actor: { ...event.actor, type: event.actor.type === 'admin' ? 'owner' : 'admin' } }),
  (event) => ({ ...event, target: { ...event.target, id: `${event.target.id}x` } }),
  (event) => ({ ...event, target: { ...event.target, type: event.target.type === 'key' ? 'tier' : 'key' } }),
  (event) => ({ ...event, owner: changed(event.owner) }),
  (event) => ({ ...event, reason: changed(event.reason) }),
  (event) => ({ ...event, address: changed(event.address) }),
  (event) => ({ ...event, requestId: changed(event.requestId) }),
  (event) => ({ ...event, session: event.session === null ? { id: '', link: null } : null }),
  (event) => ({ ...event, session: { id: `${event.session?.id ?? ''}x`, link: event.session?.link ?? null } }),
  (event) => ({ ...event, session: { id: event.session?.id ?? '', link: changed(event.session?.link ?? null) } }),
  (event) => ({ ...event, before: { ...event.before, added: 1 } }),
  (event) => ({ ...event, after: event.after === null ? {} : null }),
  (event) => ({ ...event, hash: flipped(event.hash) }),
  (event) => ({ ...event, previousHash: flipped(event.previousHash) }),
];

function changed(value: string | null): string | null {
  return value === null ? '' : null;
}

function flipped(hash: string): string {
  return `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`;
}

function seal(entries: readonly EventDraft[]): LogEvent[] {
  const log: LogEvent[] = [];
  for (const draft of entries) log.push(sealEvent(draft, log.at(-1) ?? null));
  return log;
}

function broken(log: readonly LogEvent[]): { readonly seq: number } | null {
  const check = createChainCheck();
  for (const event of log) check.next(event);
  return check.finish().broken;
}

function entry(log: readonly LogEvent[], index: number): LogEvent {
  const found = log[index];
  if (found === undefined) throw new RangeError(`The log has no entry ${index}.`);
  return found;
}

function plainDraft(number: number): EventDraft {
  return {
    at: number,
    action: 'key.created',
    actor: { type: 'library', id: 'library' },
    target: { type: 'key', id: `key_${number}` },
    owner: null,
    reason: null,
    address: null,
    requestId: null,
    session: null,
    before: null,
    after: { name: 'n' },
  };
}

async function* asyncOf<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values;
}
