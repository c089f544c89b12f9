/**
 * Reads in a thread of their own. The driver works on the event loop: a search through a million keys would keep every
 * verification waiting for as long as it takes (docs/adr/0028-searches-in-a-thread.md).
 */
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import type { LogHead } from '../../domain/event.js';
import type { Notify } from '../../ports/notice.js';
import type { InTime, SqlReader } from '../sql/reader.js';
import { bindable, countPlaceholders, IN_TIME, locateDriver, openingOf, SET_CACHE, type Driver } from './driver.js';
import { queriesOver } from './queries.js';
import { createReadQueue, type Read, type Rows } from './read-queue.js';
import { ALL_END, READ_THREAD, type Message, type ThreadQuestion, type ReadThreadData } from './read-thread.js';
import type { SqliteReader } from './reader.js';
import { createSubstrings } from './substrings.js';

export interface ThreadReader extends SqlReader {
  /**
   * Runs a query for entries of the audit log, as `hashedEntries` makes it, and checks them in the thread. Returns the last one up to
   * which all are right; `after` where the first is not, or no thread can be started.
   */
  confirm(text: string, values: readonly unknown[], after: LogHead): Promise<LogHead>;
  /** Runs a statement in the thread; null where none can be started. */
  run(text: string): Promise<Rows | null>;
  close(): Promise<void>;
}

/** How long a read may take, with its wait for those before it. */
const READ_LIMIT_MS = 5_000;

export interface ThreadReaderOptions {
  readonly driver: Driver;
  readonly file: string;
  readonly readOnly: boolean;
  /** Reads on the event loop where no thread can be started. */
  readonly beside: SqliteReader;
  readonly notify: Notify;
  readonly limitMs?: number | undefined;
}

/**
 * The thread is started by the first read; should it end, by the next one. Where it cannot be started at all, `beside`
 * reads from then on, and a notice says so once.
 */
export function createThreadReader({ driver, file, readOnly, beside, notify, limitMs = READ_LIMIT_MS }: ThreadReaderOptions): ThreadReader {
  let thread: Thread | null = null;
  let startable = true;
  let closed = false;

  /** Null where no thread can be started. */
  async function askThread({ text, values, after }: Omit<ThreadQuestion, 'id'>, ended?: AbortSignal): Promise<Rows | null> {
    refuseWhenClosed();
    if (!startable) return null;
    try {
      thread ??= startThread(dataOf(driver, file, readOnly), () => (thread = null));
      return await thread.run({ text, values: bindable(values, countPlaceholders(text)), after }, ended);
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      refuseWhenClosed();
      if (startable) notify({ level: 'warn', code: 'reads_warning', message: messageOf(error) });
      startable = false;
      return null;
    }
  }

  async function run(read: Read, ended: AbortSignal): Promise<Rows> {
    return (await askThread(read, ended)) ?? beside.prepare(read.text).all(...read.values);
  }

  function refuseWhenClosed(): void {
    if (closed) throw new Error('The storage was closed.');
  }

  const queue = createReadQueue({ limitMs, run });
  const read: SqlReader['read'] = async (work) => work();

  function until(signal: AbortSignal | undefined): SqlReader {
    const db = queriesOver(async ({ sql, parameters }) => ({ rows: [...(await queue.ask({ text: sql, values: parameters }, signal))] }));
    const reader: SqlReader = {
      db,
      read,
      substrings: createSubstrings({ db, read }),
      inTime,
      until: (another) => (another === undefined ? reader : until(another)),
    };
    return reader;
  }

  return {
    ...until(undefined),
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

/** Asks once in some rows: a call of the function takes longer than to read a row of an index. */
const inTime: InTime = (row) => [sql`(${row} % 64 <> 0 or ${sql.raw(IN_TIME)}(${row}))`];

/** No thread can be started, or none can load the driver: another attempt would fail likewise. */
class NotStarted extends Error {}

function messageOf({ cause }: NotStarted): string {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return `Lists and searches are read on the event loop, where verifications wait for them: no reading thread can be started (${reason}). Use Node 22.16 or later, or keep the package @photostructure/sqlite out of the bundle; allow threads where Node's permission model is on (--allow-worker).`;
}

function dataOf(driver: Driver, file: string, readOnly: boolean): ReadThreadData {
  try {
    const ended = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    return { driver: locateDriver(driver), ...openingOf(file, { readOnly }), setup: [SET_CACHE, 'pragma query_only = on'], ended };
  } catch (cause) {
    throw new NotStarted('', { cause });
  }
}

interface Thread {
  /** One after another. The statement of a read that has ended fails as soon as it can. */
  run(question: Omit<ThreadQuestion, 'id'>, ended?: AbortSignal): Promise<Rows>;
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
  let ending = false;
  let last = 0;
  const answers = new Set<Promise<Rows>>();
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
    async run(question, stop) {
      const answer = new Promise<Rows>((resolve, reject) => {
        last += 1;
        const id = last;
        stop?.addEventListener('abort', () => {
          if (!ending) Atomics.store(workerData.ended, 0, id);
        });
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, ...question } satisfies ThreadQuestion);
      });
      answers.add(answer);
      return answer.finally(() => answers.delete(answer));
    },
    async end() {
      // A statement that calls its function in a thread that is being terminated ends the whole process, with the driver of Node 20.
      ending = true;
      Atomics.store(workerData.ended, 0, ALL_END);
      await Promise.allSettled(answers);
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
