/**
 * Moves what the write-ahead log holds into the database file. SQLite would do all of it inside a commit, on the event loop, and
 * verifications would wait (docs/adr/0039-no-reader-holds-the-database.md).
 */
import type { SqliteConnection } from './driver.js';
import type { Mutex } from '../../domain/mutex.js';

export interface Checkpoints {
  /** To be called after each commit. */
  committed(): void;
  /** Resolves when none is under way any more. */
  end(): Promise<void>;
}

export interface CheckpointParts {
  /** The connection that writes, and the turns that transactions take on it. */
  readonly writing: SqliteConnection;
  readonly mutex: Mutex;
  /** Runs a statement in the reading thread; null where no thread can be started. */
  readonly inThread: (text: string) => Promise<readonly unknown[] | null>;
}

/** Pages in the write-ahead log from which it is moved: SQLite's own default. */
const PAGES_WANTED = 1_000;
/** So few pages are moved in the time of a commit. */
const PAGES_LEFT = 100;
const ROUNDS_MAX = 3;
/** Until the first checkpoint tells how many it is. */
const PAGES_PER_COMMIT = 20;
/** And no fewer: rows that lie together share their pages. */
const PAGES_PER_ROW = 0.25;

/** Never waits for others: moves what no reader needs. */
const CHECKPOINT = 'pragma wal_checkpoint(PASSIVE)';

interface CheckpointRow {
  /** Pages in the log, and those of them that were moved. */
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * From 1 000 pages on, the reading thread moves them. Meanwhile more may be written, so that the thread alone never comes to the end
 * of a log that is written to without a pause: the last few are moved by the writer between two transactions, and then the log
 * begins anew.
 */
export function createCheckpoints({ writing, mutex, inThread }: CheckpointParts): Checkpoints {
  const changes = writing.prepare('select total_changes() as rows');
  const changedRows = (): number => (changes.get() as { readonly rows: number }).rows;
  /** Since the last checkpoint, as `rowsBefore` says where the rows stood. */
  let commits = 0;
  let rowsBefore = changedRows();
  let pagesPerCommit = PAGES_PER_COMMIT;
  let pagesPerRow = PAGES_PER_ROW;
  /** Pages that stayed in the log after the last checkpoint, because somebody reads. */
  let stayed = 0;
  let running: Promise<void> | null = null;
  let ended = false;
  writing.pragma('wal_autocheckpoint = 0');

  // Commits are not alike: a step that drops hundreds of rows may write as many pages.
  const written = (): number => Math.max(commits * pagesPerCommit, (changedRows() - rowsBefore) * pagesPerRow);

  /** Returns whether the writer has to move the rest: a few pages, or all where there is no thread. */
  async function moveInThread(): Promise<boolean> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const [countedCommits, countedRows] = [commits, changedRows()];
      const [row] = (await inThread(CHECKPOINT)) ?? [];
      if (row === undefined) return true;
      const { log, checkpointed } = row as CheckpointRow;
      if (round === 0) {
        const pages = log < stayed ? log : log - stayed;
        pagesPerCommit = Math.max(1, pages / countedCommits);
        pagesPerRow = Math.max(PAGES_PER_ROW, pages / Math.max(1, countedRows - rowsBefore));
      }
      commits -= countedCommits;
      rowsBefore = countedRows;
      if (checkpointed < log) {
        // Somebody reads. When that ends, there is much to move: the thread does it, with what is written next.
        stayed = log;
        return false;
      }
      if (written() < PAGES_LEFT) return true;
    }
    return true;
  }

  async function checkpoint(): Promise<void> {
    const isLeft = await moveInThread().catch(() => true);
    if (!isLeft) return;
    await mutex.run(() => {
      if (ended) return;
      const { log, checkpointed } = writing.prepare(CHECKPOINT).get() as CheckpointRow;
      stayed = log === checkpointed ? 0 : log;
      commits = 0;
      rowsBefore = changedRows();
    });
  }

  return {
    committed() {
      commits += 1;
      if (running !== null || ended || written() < PAGES_WANTED) return;
      running = checkpoint()
        .catch(() => undefined)
        .finally(() => (running = null));
    },
    async end() {
      ended = true;
      await running;
    },
  };
}
