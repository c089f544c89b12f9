import type { Kysely } from 'kysely';
import { asUnavailable } from '../sql/failure.js';
import type { Schema } from '../sql/schema.js';
import { isBusy } from './connections.js';
import type { SqliteConnection } from './driver.js';
import type { Mutex } from '../../domain/mutex.js';
import { createQueries } from './queries.js';
import { pause, turn } from './turn.js';

/**
 * `synced`: on the disk when the transaction has ended. `written`: with the operating system, so that a
 * crash of the process loses nothing; the loss of power may.
 */
export type Durability = 'synced' | 'written';

/** Another process is given some five seconds to end its transaction. */
const ATTEMPTS_MAX = 220;
const PAUSE_MAX_MS = 25;

/** The one connection that writes, used by one transaction at a time. */
export interface Writer {
  readonly prepare: SqliteConnection['prepare'];
  /**
   * Runs `work` inside a transaction and commits; rolls back and rethrows when it throws. What begins or
   * commits the transaction fails as an UnavailableError.
   */
  transaction<T>(durability: Durability, work: (db: Kysely<Schema>) => Promise<T> | T): Promise<T>;
}

/**
 * `committed` is called after each commit. Without it, as for a database in memory, no turn of the event loop passes between two
 * transactions: a simulation of time would go on meanwhile.
 */
export function createWriter(connection: SqliteConnection, mutex: Mutex, committed: (() => void) | null = null): Writer {
  const { prepare } = connection;
  let durability: Durability | null = null;
  /** True once the event loop has been round since the last transaction. */
  let rested = true;

  /** The driver would wait for another process with the event loop in its hand. */
  async function begin(wanted: Durability): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (durability !== wanted) connection.exec(`pragma synchronous = ${wanted === 'synced' ? 'FULL' : 'NORMAL'}`);
        durability = wanted;
        prepare('begin immediate').run();
        return;
      } catch (error) {
        if (!isBusy(error) || attempt === ATTEMPTS_MAX) throw asUnavailable(error);
      }
      await pause(Math.min(attempt, PAUSE_MAX_MS));
    }
  }

  return {
    prepare,
    transaction: (wanted, work) =>
      mutex.run(async () => {
        // The driver works on the event loop: no row of transactions keeps it to itself.
        if (!rested && committed !== null) await turn();
        await begin(wanted);
        const gate = createGate(prepare);
        try {
          const result = await work(createQueries(gate.prepare));
          gate.close();
          attempt(() => prepare('commit').run());
          committed?.();
          return result;
        } catch (error) {
          gate.close();
          if (connection.inTransaction) attempt(() => prepare('rollback').run());
          throw error;
        } finally {
          rested = false;
          setImmediate(() => (rested = true));
        }
      }),
  };
}

/**
 * A query that its transaction did not wait for must not run after it: it would be committed by itself, or
 * by whoever comes next.
 */
function createGate(prepare: Writer['prepare']): { readonly prepare: Writer['prepare']; close(): void } {
  let open = true;
  return {
    prepare(text) {
      if (!open) throw new Error('The transaction that this query belongs to has ended.');
      return prepare(text);
    },
    close() {
      open = false;
    },
  };
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    throw asUnavailable(error);
  }
}
