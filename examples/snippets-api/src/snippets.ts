import { randomUUID } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';

export interface NewSnippet {
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

export interface Snippet extends NewSnippet {
  readonly id: string;
  readonly createdAt: string;
}

export interface Snippets {
  /** The owner's 100 newest, of one language or of all. */
  list(owner: string, language?: string): Snippet[];
  add(owner: string, snippet: NewSnippet): Snippet;
  close(): void;
}

export function openSnippets(file: string): Snippets {
  // The timeout is how many milliseconds a statement waits while another process writes.
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS snippets (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      owner TEXT NOT NULL,
      title TEXT NOT NULL,
      language TEXT NOT NULL,
      code TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS snippets_by_owner ON snippets (owner, number);
  `);
  const select = database.prepare(`
    SELECT id, title, language, code, created_at AS createdAt FROM snippets
    WHERE owner = @owner AND (@language IS NULL OR language = @language)
    ORDER BY number DESC LIMIT 100
  `);
  const insert = database.prepare(`
    INSERT INTO snippets (id, owner, title, language, code, created_at) VALUES (@id, @owner, @title, @language, @code, @createdAt)
  `);
  return {
    list: (owner, language) => select.all({ owner, language: language ?? null }) as Snippet[],
    add(owner, { title, language, code }) {
      const snippet = { id: randomUUID(), title, language, code, createdAt: new Date().toISOString() };
      insert.run({ ...snippet, owner });
      return snippet;
    },
    close: () => database.close(),
  };
}
