// @ts-check
/** JavaScript, because the thread that reads loads it as it stands. */

/** @typedef {import('better-sqlite3').Statement} Statement */

/** The texts are those of the queries, but lists vary in length. */
const MOST_STATEMENTS = 500;

/**
 * Prepares each text once. Bounded.
 *
 * @param {Pick<import('better-sqlite3').Database, 'prepare'>} connection
 * @returns {(text: string) => Statement}
 */
export function createStatementCache(connection) {
  /** @type {Map<string, Statement>} */
  const statements = new Map();
  return (text) => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = connection.prepare(text);
    statements.set(text, statement);
    return statement;
  };
}
