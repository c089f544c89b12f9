import { expect, it } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { serverDatabase } from './crash-database.js';
import { crashOften, ROUNDS } from './crash-often.js';

const VICTIMS = ['service', 'postmaster', 'session', 'immediate', 'service'] as const;

it.skipIf(findPostgres() === null)(
  `crash of a service or of PostgreSQL: kill -9 of it or of a session, ${ROUNDS} times, loses no acknowledged change and leaves none half-made`,
  async () => {
    expect(await crashOften(await serverDatabase(), (round) => VICTIMS[round % VICTIMS.length] ?? 'service')).toBe(ROUNDS);
  },
);
