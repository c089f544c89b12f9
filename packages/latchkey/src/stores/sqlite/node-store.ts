import type { NodeStore } from '../../ports/node-store.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { acknowledgement, nodeFromRow, nodeRemoval, nodesQuery, placeQuery, renewNode } from '../sql/nodes.js';
import type { SqliteReader } from './reader.js';
import type { Writer } from './writer.js';

/** Leases end with the power at the latest, so that none of this need wait for the disk. SQLite tells no other process of a change. */
export function createSqliteNodeStore(reader: SqliteReader, writer: Writer): NodeStore {
  const { db } = reader;
  const place = placeQuery(db).compile().sql;
  return {
    ...failingAsUnavailable({
      renew: (renewal) => writer.transaction('written', (transaction) => renewNode(transaction, renewal)),
      async acknowledge(id, applied) {
        await writer.transaction('written', (transaction) => acknowledgement(transaction, id, applied).execute());
      },
      async listNodes() {
        const rows = await reader.read(() => nodesQuery(db).execute());
        return rows.map(nodeFromRow);
      },
      async removeNode(id, renewal) {
        await writer.transaction('written', (transaction) => nodeRemoval(transaction, id, renewal).execute());
      },
      async readPlace() {
        const row = await reader.read(() => reader.prepare(place).get());
        return (row as { readonly place: number | null }).place ?? 0;
      },
    } satisfies Omit<NodeStore, 'listen'>),
    listen: () => () => undefined,
  };
}
