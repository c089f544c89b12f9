/** Migrates the database of its argument, when told to, and says which migrations it applied. */
import { migratePostgres } from '../../../dist/postgres.js';

process.once('message', () => {
  migratePostgres({ url: process.argv[2] ?? '', timeoutMs: 60_000 }).then(
    (applied) => process.send?.({ applied }, () => process.disconnect()),
    (/** @type {unknown} */ error) =>
      process.send?.({ error: String(error instanceof Error && error.cause ? error.cause : error) }, () => process.disconnect()),
  );
});
process.send?.('ready');
