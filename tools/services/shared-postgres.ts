import { inject } from 'vitest';
import { accessPostgres, type PostgresAccess } from './postgres.js';

/** The server that all test files of a run share; each makes databases of its own on it, and leaves its settings alone. */
export async function sharedPostgres(): Promise<PostgresAccess> {
  const answer = await fetch(`${inject('services')}/postgres`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return accessPostgres(Number(text));
}
