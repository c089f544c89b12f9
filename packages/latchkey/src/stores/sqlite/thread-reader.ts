/**
 * Reads in a thread of their own. The driver works on the event loop: a search through a million keys would keep every
 * verification waiting for as long as it takes (docs/adr/0028-searches-in-a-thread.md).
 */
import { Worker } from 'node:worker_threads';
import type { LogHead } from '../../domain/event.js';
import type { Notify } from '../../ports/notice.js';
import type { SqlReader } from '../sql/reader.js';
import { bindable, countPlaceholders, locateDriver, openingOf, SET_CACHE, type Driver } from './driver.js';
import { queriesOver } from './queries.js';
import { READ_THREAD, type Message, type Question, type ReadThreadData } from './read-thread.js';
import type { Reader } from './reader.js';

export interface ThreadReader extends SqlReader {
  /**
   * Runs a query for entries of the audit log, as `hashedEntries` makes it, and checks them in the thread. Returns the last one up to
   * which all are right; `after` where the first is not, or no thread can be started.
   */
  confirm(text: string, values: readonly unknown[], after: LogHead): Promise<LogHead>;
  /** Runs a statement in the thread; null where none can be started. */
  run(text: string): Promise<readonly unknown[] | null>;
  close(): Promise<void>;
}

export interface ThreadReaderOptions {
  readonly driver: Driver;
  readonly file: string;
  readonly readOnly: boolean;
  /** Reads on the event loop where no thread can be started. */
  readonly beside: Reader;
  readonly notify: Notify;
}

/**
 * The thread is started by the first read; should it end, by the next one. Where it cannot be started at all, `beside`
 * reads from then on, and a notice says so once.
 */
export function createThreadReader({ driver, file, readOnly, beside, notify }: ThreadReaderOptions): ThreadReader {
  let thread: Thread | null = null;
  let startable = true;
  let closed = false;

  /** Null where no thread can be started. */
  async function askThread({ text, values, after }: Omit<Question, 'id'>): Promise<readonly unknown[] | null> {
    refuseWhenClosed();
    if (!startable) return null;
    try {
      thread ??= startThread(dataOf(driver, file, readOnly), () => (thread = null));
      return await thread.run({ text, values: bindable(values, countPlaceholders(text)), after });
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      refuseWhenClosed();
      if (startable) notify({ level: 'warn', code: 'reads_warning', message: messageOf(error) });
      startable = false;
      return null;
    }
  }

  async function run(text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    return (await askThread({ text, values })) ?? beside.prepare(text).all(...values);
  }

  function refuseWhenClosed(): void {
    if (closed) throw new Error('The storage was closed.');
  }

  return {
    db: queriesOver(async ({ sql, parameters }) => ({ rows: [...(await run(sql, parameters))] })),
    read: async (work) => work(),
    run: async (text) => askThread({ text, values: [] }),
    async confirm(text, values, after) {
      const [head = after] = (await askThread({ text, values, after })) ?? [];
      return head as LogHead;
    },
    async close() {
      closed = true;
      await thread?.end();
    },
  };
}

/** No thread can be started, or none can load the driver: another attempt would fail likewise. */
class NotStarted extends Error {}

function messageOf({ cause }: NotStarted): string {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return `Lists and searches are read on the event loop, where verifications wait for them: no reading thread can be started (${reason}). Use Node 22.16 or later, or keep the package @photostructure/sqlite out of the bundle; allow threads where Node's permission model is on (--allow-worker).`;
}

function dataOf(driver: Driver, file: string, readOnly: boolean): ReadThreadData {
  try {
    return { driver: locateDriver(driver), ...openingOf(file, { readOnly }), setup: [SET_CACHE, 'pragma query_only = on'] };
  } catch (cause) {
    throw new NotStarted('', { cause });
  }
}

interface Thread {
  run(question: Omit<Question, 'id'>): Promise<readonly unknown[]>;
  end(): Promise<void>;
}

interface Waiting {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
}

function startThread(workerData: ReadThreadData, ended: () => void): Thread {
  const worker = startWorker(workerData);
  const waiting = new Map<number, Waiting>();
  let started = false;
  let over = false;
  let last = 0;
  // It keeps no process alive that waits for nothing of it.
  worker.unref();

  function end(cause: Error): void {
    // An error is followed by an exit, when the next thread may be there already.
    if (over) return;
    over = true;
    ended();
    for (const { reject } of waiting.values()) reject(started ? cause : new NotStarted('', { cause }));
    waiting.clear();
  }
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that reads has ended.')));
  worker.on('message', (message: Message) => {
    if (message === 'started') {
      started = true;
      return;
    }
    if (!('id' in message)) {
      end(message.failure);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if ('failure' in message) asked?.reject(message.failure);
    else asked?.resolve(message.rows);
  });

  return {
    run: async (question) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.ref();
        worker.postMessage({ id: last, ...question } satisfies Question);
      }),
    async end() {
      await worker.terminate();
    },
  };
}

/** Nothing is inherited: neither options such as `--import`, which would load the host's code, nor its variables. */
function startWorker(workerData: ReadThreadData): Worker {
  try {
    return new Worker(READ_THREAD, { eval: true, workerData, execArgv: [], env: {} });
  } catch (cause) {
    throw new NotStarted('', { cause });
  }
}
