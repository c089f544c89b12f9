import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { LogHead } from '../domain/event.js';
import type { Renewal, Renewed } from '../ports/node-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleEvent, START } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

/** The database's side of the leases: who is on record, and what each is told. */
export const storageNodeTests: readonly StorageTest[] = [
  [
    'a node that was not on record is told to forget everything, and is on record then',
    async (storage) => {
      const head = await append(storage, 1);
      deepStrictEqual(await storage.nodes.renew(renewal('node_a', 1)), { events: null, head, nodes: 1, longestLeaseMs: 5_000 });
      deepStrictEqual(await storage.nodes.listNodes(), [{ ...without(renewal('node_a', 1)), applied: 0 }]);
    },
  ],
  [
    'a renewal is told every entry after its cursor, in order, and where the log ends',
    async (storage) => {
      const cursor = await append(storage, 1);
      await storage.nodes.renew(renewal('node_a', 1));
      deepStrictEqual(await storage.nodes.renew(renewal('node_a', 2, cursor)), told([], cursor));
      await append(storage, 2);
      const head = await append(storage, 3);
      deepStrictEqual(await storage.nodes.renew(renewal('node_a', 3, cursor)), told([2, 3], head));
    },
  ],
  [
    'a cursor that is none of this log is told to forget everything',
    async (storage) => {
      await storage.nodes.renew(renewal('node_a', 1));
      const head = await append(storage, 1);
      const { events } = await storage.nodes.renew(renewal('node_a', 2, { seq: 1, hash: 'f'.repeat(64) }));
      strictEqual(events, null);
      strictEqual((await storage.nodes.renew(renewal('node_a', 3, { seq: 7, hash: head.hash }))).events, null);
      deepStrictEqual((await storage.nodes.renew(renewal('node_a', 4, head))).events, []);
    },
  ],
  [
    'a node that was taken off the record is told to forget everything when it comes back',
    async (storage) => {
      const head = await append(storage, 1);
      await storage.nodes.renew(renewal('node_a', 1));
      await storage.nodes.removeNode('node_a');
      deepStrictEqual(await storage.nodes.listNodes(), []);
      strictEqual((await storage.nodes.renew(renewal('node_a', 2, head))).events, null);
      deepStrictEqual((await storage.nodes.renew(renewal('node_a', 3, head))).events, []);
    },
  ],
  [
    'a node is taken off the record only while it has not renewed meanwhile',
    async (storage) => {
      await storage.nodes.renew(renewal('node_a', 1));
      await storage.nodes.renew(renewal('node_a', 2));
      await storage.nodes.removeNode('node_a', 1);
      strictEqual((await storage.nodes.listNodes()).length, 1);
      await storage.nodes.removeNode('node_a', 2);
      strictEqual((await storage.nodes.listNodes()).length, 0);
      await storage.nodes.removeNode('node_a', 2);
    },
  ],
  [
    'how far a node has come, and how often it has renewed, never goes back',
    async (storage) => {
      for (let number = 1; number <= 3; number++) await append(storage, number);
      await storage.nodes.renew(renewal('node_a', 5));
      await storage.nodes.acknowledge('node_a', 3);
      await storage.nodes.acknowledge('node_a', 2);
      await storage.nodes.renew(renewal('node_a', 4));
      await storage.nodes.renew(renewal('node_a', 6, null));
      const [node] = await storage.nodes.listNodes();
      deepStrictEqual([node?.applied, node?.renewal], [3, 6]);
    },
  ],
  [
    'a renewal counts as applied what its cursor names, and an acknowledgement is of one node alone',
    async (storage) => {
      const head = await append(storage, 1);
      await storage.nodes.renew(renewal('node_a', 1));
      await storage.nodes.renew(renewal('node_b', 1));
      await storage.nodes.renew(renewal('node_a', 2, head));
      await storage.nodes.acknowledge('node_nobody', 1);
      deepStrictEqual(
        (await storage.nodes.listNodes()).map(({ id, applied }) => [id, applied]),
        [
          ['node_a', 1],
          ['node_b', 0],
        ],
      );
    },
  ],
  [
    'a renewal says how many nodes there are, and the longest lease among theirs',
    async (storage) => {
      await storage.nodes.renew({ ...renewal('node_a', 1), leaseMs: 9_000 });
      const { nodes, longestLeaseMs } = await storage.nodes.renew(renewal('node_b', 1));
      deepStrictEqual([nodes, longestLeaseMs], [2, 9_000]);
    },
  ],
  [
    'the place of the log is that of its last entry, and 0 while it is empty',
    async (storage) => {
      strictEqual(await storage.nodes.readPlace(), 0);
      await append(storage, 1);
      await append(storage, 2);
      strictEqual(await storage.nodes.readPlace(), 2);
    },
  ],
  [
    'renewals amid changes are told every entry once and in order, so that none that was committed earlier comes later',
    async (storage) => {
      await storage.nodes.renew(renewal('node_a', 1));
      const last = 12;
      let ended = false;
      const changes = (async () => {
        for (let number = 1; number <= last; number++) await append(storage, number);
      })().finally(() => (ended = true));
      let cursor: LogHead | null = null;
      const told: number[] = [];
      for (let number = 2, over = false; !over; number++) {
        over = ended;
        const { events, head }: Renewed = await storage.nodes.renew(renewal('node_a', number, cursor));
        told.push(...(events ?? []).map(({ seq }) => seq));
        cursor = head;
      }
      await changes;
      deepStrictEqual(
        told,
        Array.from({ length: last }, (_, index) => index + 1),
      );
    },
  ],
];

function renewal(id: string, number: number, cursor: LogHead | null = null): Renewal {
  return { id, label: 'host:1', version: '0.1.0', startedAt: START, renewedAt: START + number, leaseMs: 5_000, renewal: number, cursor };
}

function without({ cursor: _cursor, ...node }: Renewal): Omit<Renewal, 'cursor'> {
  return node;
}

async function append(storage: Storage, number: number): Promise<LogHead> {
  const { seq, hash } = await storage.keys.change((change) => change.append(sampleEvent(number)));
  return { seq, hash };
}

function told(numbers: readonly number[], head: LogHead): unknown {
  const events = numbers.map((number) => {
    const { action, target } = sampleEvent(number);
    return { seq: number, action, target };
  });
  return { events, head, nodes: 1, longestLeaseMs: 5_000 };
}
