/**
 * Being told of changes by the database (LISTEN), on a connection of its own that is made anew when it ends. What is told
 * are hints: one that gets lost, or a pooler that passes none on, costs time and nothing else.
 */
import { createHash } from 'node:crypto';
import type Pg from 'pg';
import type { Clock } from '../../ports/clock.js';
import type { Driver } from './driver.js';

export interface Listener {
  /** Calls `hint` whenever somebody else has changed something; returns what stops it. */
  listen(hint: () => void): () => void;
  /** By what it knows what this process tells: the number of its session, which no other has; empty while it has none. */
  readonly tag: string;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly driver: Driver;
  readonly config: Pg.ClientConfig;
  readonly schema: string;
  readonly clock: Pick<Clock, 'schedule'>;
}

/** What its declarations leave out: whether the connection keeps the process alive. */
type HoldingClient = Pg.Client & { readonly processID: number | null; ref(): void; unref(): void };

const AGAIN_MS = 1_000;

/** Where the changes of a schema are told: a name that needs no quoting and tells schemas apart. */
export function channelOf(schema: string): string {
  return `latchkey_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

function tagOf({ processID }: HoldingClient): string {
  return processID === null ? '' : String(processID);
}

export function createListener({ driver, config, schema, clock }: ListenerOptions): Listener {
  const hints = new Set<() => void>();
  let client: HoldingClient | null = null;
  let cancel = (): void => undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const own = new driver.Client(config) as HoldingClient;
    client = own;
    own.on('error', () => undefined);
    own.on('end', () => again(own));
    own.on('notification', ({ payload }) => {
      if (payload !== tagOf(own)) hints.forEach((hint) => hint());
    });
    try {
      await own.connect();
      // It keeps no process alive that has nothing else to do.
      own.unref();
      await own.query(`listen ${channelOf(schema)}`);
      // Whatever was changed while nobody listened.
      hints.forEach((hint) => hint());
    } catch {
      await own.end().catch(() => undefined);
      again(own);
    }
  }

  function again(ended: HoldingClient): void {
    if (closed || client !== ended) return;
    client = null;
    cancel = clock.schedule(AGAIN_MS, () => void connect());
  }

  return {
    get tag() {
      return client === null ? '' : tagOf(client);
    },
    listen(hint) {
      hints.add(hint);
      if (client === null && !closed) void connect();
      return () => void hints.delete(hint);
    },
    async close() {
      closed = true;
      cancel();
      // Its end is waited for.
      client?.ref();
      await client?.end().catch(() => undefined);
    },
  };
}
