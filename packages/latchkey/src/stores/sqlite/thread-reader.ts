/**
 * Reads in a thread of their own. The driver works on the event loop: a search through a million keys would keep every
 * verification waiting for as long as it takes.
 */
import { Worker } from 'node:worker_threads';
import type { SqlReader } from '../sql/reader.js';
import { queriesOver } from './queries.js';

export interface ThreadReader extends SqlReader {
  close(): Promise<void>;
}

/** The thread is started by the first read; should it end, by the next one. */
export function createThreadReader(file: string, { readOnly }: { readonly readOnly: boolean }): ThreadReader {
  let thread: Thread | null = null;
  let closed = false;

  async function run(text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    if (closed) throw new Error('The storage was closed.');
    thread ??= startThread({ file, readOnly }, () => (thread = null));
    return thread.run(text, values);
  }

  return {
    db: queriesOver(async ({ sql, parameters }) => ({ rows: [...(await run(sql, parameters))] })),
    read: async (work) => work(),
    async close() {
      closed = true;
      await thread?.end();
    },
  };
}

interface Thread {
  run(text: string, values: readonly unknown[]): Promise<readonly unknown[]>;
  end(): Promise<void>;
}

interface Waiting {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
}

type Answer = { readonly id: number } & ({ readonly rows: readonly unknown[] } | { readonly failure: Error });

function startThread(workerData: object, ended: () => void): Thread {
  const worker = new Worker(new URL('read-thread.js', import.meta.url), { workerData });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  // It keeps no process alive that waits for nothing of it.
  worker.unref();

  function end(error: Error): void {
    ended();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that reads has ended.')));
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('failure' in answer) asked?.reject(answer.failure);
    else asked?.resolve(answer.rows);
  });

  return {
    run: async (text, values) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.ref();
        worker.postMessage({ id: last, text, values });
      }),
    async end() {
      await worker.terminate();
    },
  };
}
