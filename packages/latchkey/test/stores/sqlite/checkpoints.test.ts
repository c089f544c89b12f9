import { expect, it } from 'vitest';
import { createCheckpoints, type Checkpoints } from '../../../src/stores/sqlite/checkpoints.js';
import type { SqliteConnection } from '../../../src/stores/sqlite/driver.js';
import { createMutex, type Mutex } from '../../../src/domain/mutex.js';

interface Row {
  readonly log: number;
  readonly checkpointed: number;
}

interface Subject extends Checkpoints {
  readonly mutex: Mutex;
  /** The steps so far, in order. */
  readonly done: readonly string[];
  /** Commits that change so many rows each, by default one. */
  commit(times: number, rowsEach?: number): void;
  /** Lets what was begun come as far as it can. */
  settle(): Promise<void>;
}

/** `thread` answers a checkpoint there with the pages in the log; null: there is no thread. */
function open({ thread }: { readonly thread: (() => Row | null) | 'fails' }): Subject {
  const done: string[] = [];
  let rows = 0;
  const mutex = createMutex();
  const writing = {
    pragma: (text: string) => void done.push(text),
    prepare: (text: string) => ({
      get() {
        if (text.includes('total_changes')) return { rows };
        done.push('writer');
        return { log: 0, checkpointed: 0 };
      },
    }),
  } as unknown as SqliteConnection;
  const inThread = async (): Promise<readonly unknown[] | null> => {
    done.push('thread');
    if (thread === 'fails') throw new Error('The thread has ended.');
    const row = thread();
    return row && [row];
  };
  const checkpoints = createCheckpoints({ writing, mutex, inThread });
  return {
    ...checkpoints,
    mutex,
    done,
    commit(times, rowsEach = 1) {
      for (let time = 0; time < times; time += 1) {
        rows += rowsEach;
        checkpoints.committed();
      }
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const moved = (log: number) => () => ({ log, checkpointed: log });

it('checkpoint: SQLite makes none inside a commit, and none is made before some thousand pages were written', async () => {
  const { done, commit, settle } = open({ thread: moved(500) });
  expect(done).toEqual(['wal_autocheckpoint = 0']);
  commit(49);
  await settle();
  expect(done).toHaveLength(1);
  commit(1);
  await settle();
  expect(done.slice(1)).toEqual(['thread', 'writer']);
  // 10 pages a commit, as the last one told.
  commit(99);
  await settle();
  expect(done).toHaveLength(3);
  commit(1);
  await settle();
  expect(done.slice(3)).toEqual(['thread', 'writer']);
});

it('checkpoint: the thread moves what is much, and the writer the rest, only between two transactions', async () => {
  const { done, mutex, commit, settle } = open({ thread: moved(1_000) });
  let finish = (): void => undefined;
  const transaction = mutex.run(() => new Promise<void>((resolve) => (finish = resolve)));
  commit(50);
  // Written while the thread works.
  commit(40);
  await settle();
  expect(done.slice(1)).toEqual(['thread', 'thread']);
  finish();
  await transaction;
  await settle();
  expect(done.slice(3)).toEqual(['writer']);
});

it.each([['there is none', () => null] as const, ['it fails', 'fails'] as const])(
  'checkpoint: without a thread, because %s, the writer moves all',
  async (_why, thread) => {
    const { done, commit, settle } = open({ thread });
    commit(50);
    await settle();
    expect(done.slice(1)).toEqual(['thread', 'writer']);
  },
);

it('checkpoint: while somebody reads for long, the thread alone makes one for each thousand new pages', async () => {
  let log = 0;
  const { done, commit, settle } = open({ thread: () => ({ log, checkpointed: 3 }) });
  log = 5_000;
  commit(50);
  await settle();
  log = 6_000;
  // 100 pages a commit in the first count, 100 in the second: the 5 000 that stayed are not counted again.
  commit(10);
  await settle();
  const before = done.length;
  commit(9);
  await settle();
  expect(done).toHaveLength(before);
  commit(1);
  await settle();
  expect(done.slice(before)).toEqual(['thread']);
  expect(done).not.toContain('writer');
});

it('checkpoint: none is begun after the end, and the end waits for the one that is under way', async () => {
  const { done, end, commit, settle } = open({ thread: moved(500) });
  commit(50);
  await end();
  expect(done.slice(1)).toEqual(['thread']);
  commit(100);
  await settle();
  expect(done).toHaveLength(2);
});

it('checkpoint: commits of many rows are followed by one soon, though those before wrote a page each', async () => {
  const { done, commit, settle } = open({ thread: moved(50) });
  commit(50);
  await settle();
  const before = done.length;
  commit(2, 2_000);
  await settle();
  expect(done.slice(before)).toContain('thread');
});
