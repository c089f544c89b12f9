/** Migrates the database named by its argument, when told to, and says which migrations it applied. */
import { migrateSqlite } from '../../dist/stores/sqlite/migrate.js';

const file = process.argv[2] ?? '';
process.once('message', () => {
  migrateSqlite(file).then(
    (applied) => process.send?.({ applied }, () => process.disconnect()),
    (error) => process.send?.({ error: String(error) }, () => process.disconnect()),
  );
});
process.send?.('ready');
