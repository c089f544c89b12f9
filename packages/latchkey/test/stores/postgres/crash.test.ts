import { describe, it } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { crashWhileDaysAreSummedUp, crashWhileEntriesLeave } from '../crash-in-steps.js';

describe.skipIf(findPostgres() === null)('crash of a process on PostgreSQL: kill -9', () => {
  it('while archived entries leave the log loses none of the others, and the next process goes on', async () => {
    await crashWhileEntriesLeave(await (await sharedPostgres()).createDatabase());
  });

  it.each([3, 12, 25])('while usage is summed up and dropped, after %i answers, loses and repeats no count', async (answers) => {
    await crashWhileDaysAreSummedUp(await (await sharedPostgres()).createDatabase(), answers);
  });
});
