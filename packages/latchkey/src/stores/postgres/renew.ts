/** The renewal of a node that is on record, in one statement: a change waits for it, and each statement is a round trip. */
import type { Renewal, Renewed } from '../../ports/node-store.js';
import { MISSED_READ, missedFrom, type MissedRow } from '../sql/nodes.js';
import type { Run } from './connections.js';
import { prepared } from './read.js';

/**
 * Null where that is not enough: for a node that is not on record, one that has renewed further, and one that must
 * forget everything.
 *
 * What is read is as it was when the statement began; the row may be written later, when it is its turn. The row was on record
 * at both times, and so all the while: a change that this does not show is made by somebody who finds the node.
 */
export type RenewOnRecord = (renewal: Renewal) => Promise<Renewed | null>;

export function createRenewOnRecord(run: Run, schema: string): RenewOnRecord {
  const statement = prepared(`
    with renewed as (
      update "${schema}".nodes set renewed_at = $2, lease_ms = $3, renewal = $4, applied = greatest(applied, $5)
      where id = $1 and renewal < $4 returning 1
    )
    select (select count(*) from renewed) as renewed, cluster.nodes, cluster.longest, known.hash as known_hash, missed.*
    from (select count(*) as nodes, max(lease_ms) as longest from "${schema}".nodes) as cluster
    left join "${schema}".events as known on known.seq = $5
    left join (
      select seq, hash, action, target_type, target_id from "${schema}".events where seq > $5 order by seq limit ${MISSED_READ}
    ) as missed on true
    order by missed.seq`);
  return async ({ id, renewedAt, leaseMs, renewal, cursor }) => {
    const { rows } = await run({ ...statement, values: [id, renewedAt, leaseMs, renewal, cursor?.seq ?? 0] });
    return renewedFrom(rows as readonly Row[], { leaseMs, cursor });
  };
}

interface Cluster {
  readonly renewed: number;
  readonly nodes: number;
  readonly longest: number | null;
  readonly known_hash: string | null;
}

type Row = Cluster & (MissedRow | { readonly seq: null });

function renewedFrom(rows: readonly Row[], { leaseMs, cursor }: Pick<Renewal, 'leaseMs' | 'cursor'>): Renewed | null {
  const [first] = rows;
  if (first === undefined || first.renewed === 0 || first.known_hash !== (cursor?.hash ?? null)) return null;
  const missed = missedFrom(
    rows.filter((row) => row.seq !== null),
    cursor,
  );
  return missed && { ...missed, nodes: first.nodes, longestLeaseMs: Math.max(leaseMs, first.longest ?? 0) };
}
