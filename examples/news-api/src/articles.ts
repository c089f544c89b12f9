import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Article } from './article.js';
import { FIRST_ARTICLES } from './first-articles.js';

export interface ArticleQuery {
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  readonly limit: number;
}

export interface Articles {
  /** The newest first. */
  find(query: ArticleQuery): Article[];
  close(): void;
}

/** Opens the table, and fills it where it is empty. */
export function openArticles(file: string): Articles {
  // The timeout is how many milliseconds a statement waits while another process writes.
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS articles (
      id INTEGER PRIMARY KEY,
      title TEXT NOT NULL,
      category TEXT NOT NULL,
      source TEXT NOT NULL,
      published_at TEXT NOT NULL
    ) STRICT
  `);
  fill(database);
  const select = database.prepare(`
    SELECT id, title, category, source, published_at FROM articles
    WHERE (@category IS NULL OR category = @category) AND (@source IS NULL OR source = @source)
    ORDER BY published_at DESC, id DESC LIMIT @limit
  `);
  return {
    find: ({ category = null, source = null, limit }) => select.all({ category, source, limit }) as Article[],
    close: () => database.close(),
  };
}

function fill(database: DatabaseSyncInstance): void {
  const insert = database.prepare(
    'INSERT INTO articles (title, category, source, published_at) VALUES (@title, @category, @source, @published_at)',
  );
  database.exec('BEGIN IMMEDIATE');
  try {
    const isEmpty = database.prepare('SELECT 1 FROM articles LIMIT 1').get() === undefined;
    if (isEmpty) for (const article of FIRST_ARTICLES) insert.run(article);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
