import { expect, it } from 'vitest';
import { fileDatabase } from './crash-database.js';
import { crashOften, ROUNDS } from './crash-often.js';

it(`crash of a service on SQLite: kill -9, ${ROUNDS} times, loses no acknowledged change and leaves none half-made`, async () => {
  expect(await crashOften(fileDatabase(), () => 'service')).toBe(ROUNDS);
});
