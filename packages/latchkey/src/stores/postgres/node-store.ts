import type { NodeStore } from '../../ports/node-store.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { acknowledgement, nodeFromRow, nodeRemoval, nodesQuery, placeQuery, renewNode } from '../sql/nodes.js';
import type { Lane } from './connections.js';
import type { Listener } from './listener.js';
import { createQueries } from './queries.js';
import { createRead } from './read.js';
import { createRenewOnRecord } from './renew.js';
import type { Transact } from './transaction.js';

export interface NodeStoreParts {
  /** Of its own: a lease must not run out because all connections are busy with verifications. */
  readonly lane: Lane;
  readonly transact: Transact;
  readonly listener: Listener;
  readonly schema: string;
}

export function createPostgresNodeStore({ lane, transact, listener, schema }: NodeStoreParts): NodeStore {
  const run = createRead(lane);
  const db = createQueries(run, schema);
  const renewOnRecord = createRenewOnRecord(run, schema);
  const inside = async <T>(work: (queries: typeof db) => Promise<T>): Promise<T> =>
    transact(async ({ query }) => work(createQueries(query, schema)));
  return {
    ...failingAsUnavailable({
      async renew(renewal) {
        return (await renewOnRecord(renewal)) ?? inside((queries) => renewNode(queries, renewal));
      },
      async acknowledge(id, applied) {
        // A change waits for it, and one statement is one round trip. What a crash loses of it is said again by the next renewal.
        await acknowledgement(db, id, applied).execute();
      },
      async listNodes() {
        return (await nodesQuery(db).execute()).map(nodeFromRow);
      },
      async removeNode(id, renewal) {
        await inside((queries) => nodeRemoval(queries, id, renewal).execute());
      },
      async readPlace() {
        return (await placeQuery(db).executeTakeFirst())?.place ?? 0;
      },
    } satisfies Omit<NodeStore, 'listen'>),
    listen: (hint) => listener.listen(hint),
  };
}
