/** What became of a transaction whose commit was sent and not answered. */
import type { LogHead } from '../../domain/event.js';
import type { Clock } from '../../ports/clock.js';
import type { Lane, Run } from './connections.js';
import { DatabaseFailure } from './failure.js';
import { backOff } from './back-off.js';

/** By what it is known on the server. */
export interface Lost {
  readonly xid: string;
  /** The last entry that it appended to the log; null where it appended none. */
  readonly proof: LogHead | null;
}

export type CommitOutcome = 'committed' | 'undone' | 'unknown';

export interface CommitLookupOptions {
  readonly lane: Lane;
  readonly clock: Clock;
  readonly schema: string;
  readonly timeoutMs: number;
  readonly losable?: boolean | undefined;
}

/**
 * Looks until the server knows, or the timeout has passed. A server that crashed, or took over from another, may have lost
 * the transaction and given its number to a new one: that the number was committed proves nothing, the entry in the log
 * does, for nobody else can have appended it.
 */
export function createCommitLookup({
  lane,
  clock,
  schema,
  timeoutMs,
  losable = false,
}: CommitLookupOptions): (lost: Lost) => Promise<CommitOutcome> {
  async function look(query: Run, { xid, proof }: Lost): Promise<CommitOutcome | null> {
    // In this order: once the number says that it ended, a later look at the log sees what it left.
    const status = await readStatus(query, xid);
    if (status === 'aborted') return 'undone';
    // A commit that was lost on the way leaves a session that waits for it, and that the server ends for its silence.
    if (status === 'in progress') return null;
    if (proof === null) return status === 'committed' && losable ? 'committed' : 'unknown';
    const { rows } = await query({
      text: `select 1 from "${schema}".events where seq = $1 and hash = $2`,
      values: [proof.seq, proof.hash],
    });
    return rows.length > 0 ? 'committed' : 'undone';
  }

  return async (lost) => {
    const giveUpAt = clock.monotonicMs() + timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await lane.use(({ query }) => look(query, lost)).catch(() => null);
      if (outcome !== null) return outcome;
      if (clock.monotonicMs() >= giveUpAt) return 'unknown';
      await backOff(clock, attempt);
    }
  };
}

const OUT_OF_RANGE = '22023';

async function readStatus(query: Run, xid: string): Promise<string | null> {
  try {
    const { rows } = await query({ text: 'select pg_xact_status($1::xid8) as status', values: [xid] });
    return (rows[0] as { readonly status: string | null }).status;
  } catch (error) {
    // A number that this server has not come to yet.
    if (error instanceof DatabaseFailure && error.code === OUT_OF_RANGE) return null;
    throw error;
  }
}
