import Database from 'better-sqlite3';
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
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS articles (
      id INTEGER PRIMARY KEY,
      title TEXT NOT NULL,
      category TEXT NOT NULL,
      source TEXT NOT NULL,
      published_at TEXT NOT NULL
    ) STRICT
  `);
  fill(database);
  const select = database.prepare<[{ category: string | null; source: string | null; limit: number }], Article>(`
    SELECT id, title, category, source, published_at FROM articles
    WHERE (@category IS NULL OR category = @category) AND (@source IS NULL OR source = @source)
    ORDER BY published_at DESC, id DESC LIMIT @limit
  `);
  return {
    find: ({ category = null, source = null, limit }) => select.all({ category, source, limit }),
    close: () => database.close(),
  };
}

function fill(database: Database.Database): void {
  const insert = database.prepare<[Omit<Article, 'id'>]>(
    'INSERT INTO articles (title, category, source, published_at) VALUES (@title, @category, @source, @published_at)',
  );
  const fillWhereEmpty = database.transaction(() => {
    if (database.prepare('SELECT 1 FROM articles LIMIT 1').get() !== undefined) return;
    for (const article of FIRST_ARTICLES) insert.run(article);
  });
  fillWhereEmpty.immediate();
}
