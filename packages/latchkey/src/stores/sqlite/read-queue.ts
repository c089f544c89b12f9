/** The order of reads in a thread: one after another, each for as long as reads may take, and as long as somebody waits for it. */
import { TimedOutError } from '../../domain/errors.js';
import { abortError } from '../sql/failure.js';
import { after } from './turn.js';

export interface Read {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Rows = readonly unknown[];

export interface ReadQueue {
  /**
   * Rejects with a TimedOutError when the read, and those before it, took longer than the limit; with an AbortError when the signal
   * fires. Either way, the statement is ended where it can be.
   */
  ask(read: Read, signal: AbortSignal | undefined): Promise<Rows>;
}

export interface ReadQueueOptions {
  readonly limitMs: number;
  /** Runs one read; nothing else runs until it has settled. The signal ends the statement. */
  run(read: Read, ended: AbortSignal): Promise<Rows>;
}

export function createReadQueue({ limitMs, run }: ReadQueueOptions): ReadQueue {
  const waiting: Job[] = [];
  let working = false;

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { read, ended, resolve, reject } = job;
      // A read that has ended meanwhile was answered.
      if (!ended.aborted) await run(read, ended).then(resolve, reject);
    }
    working = false;
  }

  return {
    async ask(read, signal) {
      if (signal?.aborted === true) throw abortError();
      const ending = new AbortController();
      const giveUp = (): void => ending.abort(abortError());
      const stopWaiting = after(limitMs, () => ending.abort(new TimedOutError({ limitMs })));
      signal?.addEventListener('abort', giveUp);
      try {
        return await new Promise((resolve, reject) => {
          ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
          waiting.push({ read, ended: ending.signal, resolve, reject });
          void work();
        });
      } finally {
        stopWaiting();
        signal?.removeEventListener('abort', giveUp);
      }
    },
  };
}

interface Job {
  readonly read: Read;
  readonly ended: AbortSignal;
  resolve(rows: Rows): void;
  reject(error: unknown): void;
}
