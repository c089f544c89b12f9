/** Transactions that run again where that is safe, and that find out what became of them where their answer was lost. */
import type { LogHead } from '../../domain/event.js';
import type { Clock } from '../../ports/clock.js';
import { raiseDurability, type Lane, type Run, type PostgresStatement } from './connections.js';
import { DatabaseFailure, failureOf } from './failure.js';
import { createTransactionGate, type TransactionGate } from './gate.js';
import { backOff } from './back-off.js';
import { createCommitLookup, type Lost } from './commit-outcome.js';

export interface Transaction {
  /** Rejects once the transaction has ended: what its work did not wait for runs in no other. */
  readonly query: Run;
  /** A statement whose answer tells nothing but whether it failed; then so does the transaction. Costs no round trip of its own. */
  readonly send: (statement: PostgresStatement) => Promise<void>;
  /** The last entry of the log when the transaction had its turn; null while it is empty. Of those that take turns alone. */
  readonly head: LogHead | null;
  /** Names the entry of the log that shows, whatever became of the answer, that this transaction was committed. */
  provedBy(entry: LogHead): void;
}

/**
 * Runs `work` in a transaction and commits. On a deadlock, and when the connection is lost before the commit was sent or
 * in vain after it, the same again, until the timeout has passed since the start. Rejects with what `work` threw, having
 * changed nothing; or with a DatabaseFailure, and then the outcome may be unknown.
 */
export type Transact = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;

export interface TransactOptions {
  readonly lane: Lane;
  readonly clock: Clock;
  readonly schema: string;
  readonly timeoutMs: number;
  /** By default, as the timeout says. */
  readonly limits?: Limits | undefined;
  /** What is run first: the lock that makes transactions take turns. */
  readonly lock?: string | undefined;
  /** Whether the last entry of the log is read when the lock is held. */
  readonly appends?: boolean | undefined;
  /** Whether a commit that nothing proves is believed to have been one: for what may be lost in a crash. */
  readonly losable?: boolean | undefined;
}

export function createTransact(options: TransactOptions): Transact {
  const { lane, clock, timeoutMs } = options;
  const lookUpCommit = createCommitLookup(options);
  return async (work) => {
    const giveUpAt = clock.monotonicMs() + timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      const ended = await lane.use(({ query }) => runOnce(query, options, work)).catch(undone);
      if (ended.state === 'committed') return ended.value;
      if (ended.state === 'refused') throw ended.error;
      const outcome = ended.state === 'lost' ? await lookUpCommit(ended.lost) : 'undone';
      if (ended.state === 'lost' && outcome === 'committed') return ended.value;
      if (outcome === 'unknown' || clock.monotonicMs() >= giveUpAt) throw ended.failure;
      await backOff(clock, attempt);
    }
  };
}

type Ended<T> =
  | { readonly state: 'committed'; readonly value: T }
  /** Undone, and the same again would end the same. */
  | { readonly state: 'refused'; readonly error: unknown }
  | { readonly state: 'undone'; readonly failure: DatabaseFailure }
  /** The commit was sent and not answered. */
  | { readonly state: 'lost'; readonly failure: DatabaseFailure; readonly value: T; readonly lost: Lost };

async function runOnce<T>(query: Run, options: TransactOptions, work: (transaction: Transaction) => Promise<T>): Promise<Ended<T>> {
  const gate = createTransactionGate(query);
  let proof: LogHead | null = null;
  let begun: Begun;
  let value: T;
  try {
    begun = await begin(query, options);
    value = await work({ query: gate.query, send: gate.send, head: begun.head, provedBy: (entry) => (proof = entry) });
    // Work that goes on after a statement failed has nothing to commit.
    if (gate.failure !== null) throw gate.failure;
  } catch (error) {
    await gate.close();
    const ended = undone(error, gate.failure);
    if (gate.failure?.endsConnection !== true) await query({ text: 'rollback' }).catch(() => undefined);
    return ended;
  }
  return commit(query, gate, { value, lost: { xid: begun.xid, proof } });
}

/** In milliseconds; 0 for none. */
interface Limits {
  readonly statementMs: number;
  readonly lockMs: number;
  /** Of silence between two statements. */
  readonly idleMs: number;
}

/** A session that falls silent is ended by the server, sooner than the others give up waiting for its lock. */
function limitsOf(timeoutMs: number): Limits {
  return { statementMs: timeoutMs, lockMs: timeoutMs, idleMs: Math.ceil(timeoutMs / 2) };
}

interface Begun {
  /** The number of the transaction. */
  readonly xid: string;
  readonly head: LogHead | null;
}

/**
 * All in one message. Inside, each statement sees what was committed before it began; whoever holds the lock sees all that
 * came before.
 */
async function begin(
  query: Run,
  { schema, timeoutMs, lock, appends = false, limits = limitsOf(timeoutMs) }: TransactOptions,
): Promise<Begun> {
  const head = appends ? `select seq, hash from "${schema}".events order by seq desc limit 1` : 'select null as seq, null as hash';
  const { rows } = await query({
    text: [
      'begin isolation level read committed',
      `set local statement_timeout = ${limits.statementMs}`,
      `set local lock_timeout = ${limits.lockMs}`,
      `set local idle_in_transaction_session_timeout = ${limits.idleMs}`,
      raiseDurability('true'),
      ...(lock === undefined ? [] : [lock]),
      `select pg_current_xact_id()::text as xid, seq, hash from (values (1)) as one left join (${head}) as head on true`,
    ].join('; '),
  });
  const { xid, seq, hash } = rows[0] as { readonly xid: string; readonly seq: number | null; readonly hash: string | null };
  return { xid, head: seq === null || hash === null ? null : { seq, hash } };
}

/** Right behind the last statement, whose answer need not be there: a server undoes what one of them failed in, and says so. */
async function commit<T>(query: Run, gate: TransactionGate, { value, lost }: { value: T; lost: Lost }): Promise<Ended<T>> {
  const closed = gate.close();
  try {
    const { command } = await query({ text: 'commit' });
    await closed;
    if (command === 'COMMIT') return { state: 'committed', value };
    return undone(gate.failure ?? new DatabaseFailure('refused', `The server answered a commit with ${command}.`));
  } catch (error) {
    await closed;
    const failure = failureOf(error);
    return failure.endsConnection ? { state: 'lost', failure, value, lost } : undone(gate.failure ?? failure);
  }
}

/** `failure`: what the database refused first, which `error`, thrown by the work, is most often about. */
function undone(error: unknown, failure: DatabaseFailure | null = null): Ended<never> {
  const cause = failure ?? (error instanceof DatabaseFailure ? error : null);
  return cause?.kind === 'again' || cause?.kind === 'lost' ? { state: 'undone', failure: cause } : { state: 'refused', error };
}
