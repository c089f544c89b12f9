import type { CounterRow } from '../../ports/counter-store.js';
import type { CounterId, DecideCounters, SharedCounters } from '../../ports/shared-counters.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { Lane, Run, PostgresStatement } from './connections.js';
import { DatabaseFailure } from './failure.js';
import { prepared } from './read.js';

export interface SharedCountersParts {
  readonly lane: Lane;
  readonly schema: string;
  readonly timeoutMs: number;
}

/** A connection may turn out to be lost, and its successor too, when a server was started again. */
const ATTEMPTS = 3;
const PRUNED_AT_ONCE = 1_000;

/**
 * Counters as rows that a transaction locks. What locks rows makes none, and what makes rows, in the same order, locks none,
 * so that no two nodes wait for each other: rows that are missing are made, and committed, before the transaction begins anew.
 */
export function createPostgresSharedCounters({ lane, schema, timeoutMs }: SharedCountersParts): SharedCounters {
  const { begin, lock, make, keep, prune } = statementsOn(schema, timeoutMs);

  /** False where rows were missing, and are there now. */
  async function decideLocked(query: Run, update: Update): Promise<boolean> {
    await query(begin);
    const { rows } = await query({ ...lock, values: idColumns(update.ids) });
    const locked = rows as readonly LockedRow[];
    if (locked.length < update.ids.length) {
      await query(ROLLBACK);
      await query({ ...make, values: idColumns(update.ids) });
      return false;
    }
    const states = locked.map(({ state }) => (state === '' ? null : state));
    const kept = update.decide(states, Number(locked.at(-1)?.time));
    if (kept.length > 0) await query({ ...keep, values: rowColumns(kept) });
    update.sent = true;
    await query(COMMIT);
    return true;
  }

  async function attempt(update: Update): Promise<boolean> {
    return lane.use(async ({ query }) => {
      try {
        return await decideLocked(query, update);
      } catch (error) {
        if (!(error instanceof DatabaseFailure && error.endsConnection)) await query(ROLLBACK).catch(() => undefined);
        throw error;
      }
    });
  }

  return failingAsUnavailable<SharedCounters>({
    async update(ids, decide) {
      const update: Update = { ids, decide, sent: false };
      for (let failures = 0; ;) {
        try {
          if (await attempt(update)) return;
        } catch (error) {
          failures += 1;
          // What was sent to be committed may have been: the same again could charge twice.
          if (update.sent || failures === ATTEMPTS || !mayPassAgain(error)) throw error;
        }
      }
    },
    async prune(until) {
      let dropped: number;
      do {
        dropped = await lane.use(async ({ query }) => (await query({ ...prune, values: [until] })).rowCount);
      } while (dropped === PRUNED_AT_ONCE);
    },
  });
}

interface Update {
  readonly ids: readonly CounterId[];
  readonly decide: DecideCounters;
  /** Whether a commit was. */
  sent: boolean;
}

interface LockedRow {
  readonly state: string;
  readonly time: string;
}

type Named = Omit<PostgresStatement, 'values'>;

const COMMIT: Named = { text: 'commit' };
const ROLLBACK: Named = { text: 'rollback' };

function statementsOn(schema: string, timeoutMs: number): Readonly<Record<'begin' | 'lock' | 'make' | 'keep' | 'prune', Named>> {
  const counters = `"${schema}".counters`;
  const wanted = 'unnest($1::text[], $2::text[]) with ordinality as wanted (subject, name, place)';
  // A crash of the server may lose the last second of limits: what is decided need not wait for the disk.
  const begin = `begin isolation level read committed; set local synchronous_commit = off; set local statement_timeout = ${timeoutMs};
    set local lock_timeout = ${timeoutMs}; set local idle_in_transaction_session_timeout = ${Math.ceil(timeoutMs / 2)}`;
  return {
    begin: { text: begin },
    // The time is taken of each row once it is locked, so the last one's comes after all locks.
    lock: prepared(`with locked as materialized (
        select counters.state from ${wanted} join ${counters} as counters using (subject, name) order by place for update of counters
      )
      select state, (extract(epoch from clock_timestamp()) * 1000)::bigint as time from locked`),
    make: prepared(`insert into ${counters} (subject, name, state, expires_at)
      select subject, name, '', (extract(epoch from clock_timestamp()) * 1000)::bigint from ${wanted} order by place
      on conflict do nothing`),
    keep: prepared(`update ${counters} as counters set state = kept.state,
        expires_at = case when counters.state = '' then kept.expires_at else greatest(counters.expires_at, kept.expires_at) end
      from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as kept (subject, name, state, expires_at)
      where counters.subject = kept.subject and counters.name = kept.name`),
    prune: prepared(`delete from ${counters} where (subject, name) in (
        select subject, name from ${counters} where expires_at <= $1 limit ${PRUNED_AT_ONCE} for update skip locked
      )`),
  };
}

function idColumns(ids: readonly CounterId[]): readonly unknown[] {
  return [ids.map(({ subject }) => subject), ids.map(({ name }) => name)];
}

function rowColumns(rows: readonly CounterRow[]): readonly unknown[] {
  return [...idColumns(rows), rows.map(({ state }) => state), rows.map(({ expiresAt }) => expiresAt)];
}

function mayPassAgain(error: unknown): boolean {
  return error instanceof DatabaseFailure && (error.kind === 'lost' || error.kind === 'again');
}
