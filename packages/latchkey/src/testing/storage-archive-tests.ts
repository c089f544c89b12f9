import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { LogEvent, LogHead } from '../domain/event.js';
import { GENESIS_HASH } from '../domain/event-chain.js';
import type { LogCheckpoint } from '../domain/log-checkpoint.js';
import type { Storage } from '../ports/storage.js';
import { sampleEvent, START } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

/** The part of the audit log that is archived leaves the database, and the log goes on from a checkpoint. */
export const storageArchiveTests: readonly StorageTest[] = [
  [
    'log archive: a log that never was archived has no checkpoint, and nothing leaves it',
    async (storage) => {
      await append(storage, 2);
      strictEqual(await storage.events.readCheckpoint(), null);
      strictEqual(await storage.keys.change((change) => change.log.drop()), false);
      deepStrictEqual(await seqs(storage), [1, 2]);
    },
  ],
  [
    'log archive: entries up to the checkpoint leave, and all others stay as they were',
    async (storage) => {
      const events = await append(storage, 5);
      const checkpoint = signed(events[2]);
      await storage.keys.change((change) => change.log.archive(checkpoint, START));
      deepStrictEqual(await storage.events.readCheckpoint(), checkpoint);
      deepStrictEqual(await storage.keys.change((change) => change.log.checkpoint()), checkpoint);
      strictEqual(await storage.keys.change((change) => change.log.drop()), false);
      deepStrictEqual(await storage.events.readEvents({ limit: 10 }), events.slice(3));
      strictEqual(await storage.keys.change((change) => change.log.find(3)), null);
      deepStrictEqual(await storage.keys.change((change) => change.log.find(4)), { ...headOf(events[3]), at: events[3]?.at });
    },
  ],
  [
    'log archive: the log goes on where it was, and can be archived again',
    async (storage) => {
      const events = await append(storage, 4);
      await archive(storage, events[1]);
      const next = await append(storage, 2);
      deepStrictEqual([next[0]?.seq, next[0]?.previousHash], [5, events[3]?.hash]);
      await archive(storage, next[0]);
      deepStrictEqual(await seqs(storage), [6]);
      deepStrictEqual(await storage.events.readHead(), headOf(next[1]));
    },
  ],
  [
    'log archive: a long part leaves some entries at a time, the oldest first',
    async (storage) => {
      const events = await append(storage, 450);
      await storage.keys.change((change) => change.log.archive(signed(events[439]), START));
      const left: number[] = [];
      for (let more = true; more;) {
        more = await storage.keys.change((change) => change.log.drop());
        left.push((await seqs(storage))[0] ?? 0);
      }
      strictEqual(left.length > 2, true);
      deepStrictEqual(
        left,
        left.toSorted((a, b) => a - b),
      );
      strictEqual(left.at(-1), 441);
    },
  ],
  [
    'log archive: a change that fails archives nothing',
    async (storage) => {
      const events = await append(storage, 3);
      const failing = storage.keys.change(async (change) => {
        await change.log.archive(signed(events[0]), START);
        throw new Error('undone');
      });
      await rejects(failing, /undone/);
      strictEqual(await storage.events.readCheckpoint(), null);
    },
  ],
  [
    'log archive: a checkpoint must be an entry of the log, after the last checkpoint, and not the end of the log',
    async (storage) => {
      const events = await append(storage, 4);
      await archive(storage, events[1]);
      for (const refused of [
        { ...signed(events[2]), hash: GENESIS_HASH },
        signed(events[3]),
        signed(events[0]),
        signed(events[1]),
        { ...signed(events[2]), seq: 9 },
      ]) {
        await rejects(storage.keys.change((change) => change.log.archive(refused, START)));
      }
      deepStrictEqual([await storage.events.readCheckpoint(), await seqs(storage)], [signed(events[1]), [3, 4]]);
    },
  ],
  [
    'log archive: the store confirms what is left from the checkpoint on',
    async (storage) => {
      const events = await append(storage, 4);
      await archive(storage, events[1]);
      strictEqual(await storage.events.confirm(null, 10), null);
      const confirmed = await storage.events.confirm(headOf(events[1]), 10);
      // A store that does not check by itself confirms nothing.
      strictEqual(confirmed?.seq === 2 || confirmed?.hash === events[3]?.hash, true);
    },
  ],
  [
    'log archive: a node whose cursor was archived, and one that saw an empty log, are told to forget everything',
    async (storage) => {
      await storage.nodes.renew(renewal('node_a', 1, null));
      await storage.nodes.renew(renewal('node_b', 1, null));
      const events = await append(storage, 4);
      const [first, , third] = events;
      strictEqual((await storage.nodes.renew(renewal('node_b', 2, null))).events?.length, 4);
      await archive(storage, events[1]);
      strictEqual((await storage.nodes.renew(renewal('node_a', 2, null))).events, null);
      strictEqual((await storage.nodes.renew(renewal('node_b', 3, first ? headOf(first) : null))).events, null);
      const told = await storage.nodes.renew(renewal('node_b', 4, third ? headOf(third) : null));
      deepStrictEqual(
        told.events?.map(({ seq }) => seq),
        [4],
      );
      strictEqual(await storage.nodes.readPlace(), 4);
    },
  ],
  [
    'log archive: after a crash in the middle, the next process finds the checkpoint and drops the rest',
    async (storage, { reopen }) => {
      if (reopen === undefined) return;
      const events = await append(storage, 450);
      const checkpoint = signed(events[439]);
      await storage.keys.change((change) => change.log.archive(checkpoint, START));
      await storage.keys.change((change) => change.log.drop());
      const again = await reopen();
      deepStrictEqual(await again.events.readCheckpoint(), checkpoint);
      while (await again.keys.change((change) => change.log.drop()));
      strictEqual((await seqs(again))[0], 441);
    },
  ],
];

async function append({ keys }: Storage, count: number): Promise<readonly LogEvent[]> {
  return keys.change(async (change) => {
    const events: LogEvent[] = [];
    for (let number = 1; number <= count; number += 1) events.push(await change.append(sampleEvent(number)));
    return events;
  });
}

async function archive({ keys }: Storage, upTo: LogEvent | undefined): Promise<void> {
  await keys.change((change) => change.log.archive(signed(upTo), START));
  while (await keys.change((change) => change.log.drop()));
}

async function seqs({ events }: Storage): Promise<readonly number[]> {
  return (await events.readEvents({ limit: 1_000 })).map(({ seq }) => seq);
}

function headOf(event: LogEvent | undefined): LogHead {
  return { seq: event?.seq ?? 0, hash: event?.hash ?? '' };
}

function signed(event: LogEvent | undefined): LogCheckpoint {
  return { ...headOf(event), pepperId: 'p1', signature: 'a signature' };
}

function renewal(id: string, number: number, cursor: LogHead | null) {
  return { id, label: id, version: '0', startedAt: START, renewedAt: START + number, leaseMs: 5_000, renewal: number, cursor };
}
