import { askFor } from './ask-for.js';
import { accessPostgres, type PostgresAccess } from './postgres.js';

/** Returns the server that all test files of a run share; each makes databases of its own on it, and leaves its settings alone. */
export async function sharedPostgres(): Promise<PostgresAccess> {
  return accessPostgres(Number(await askFor('postgres')));
}
