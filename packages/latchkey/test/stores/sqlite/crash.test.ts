import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { verifyChain } from '../../../src/domain/event-chain.js';
import type { Storage } from '../../../src/ports/storage.js';
import { openSqliteStorage } from '../../../src/stores/sqlite/open.js';
import { crashWhileDaysAreSummedUp, crashWhileEntriesLeave, linesUntilKilled } from '../crash-in-steps.js';
import { databaseFile, withDatabaseFile } from '../temporary-database.js';

const ROUNDS = Number(process.env['LATCHKEY_CRASH_ROUNDS'] ?? 4);
/** After how many answers each run is killed. */
const KILLS = Array.from({ length: ROUNDS }, (_, round) => 1 + ((round * 13) % 89));

it('crash of a process on SQLite: kill -9 in a stream of changes loses none that was answered, and leaves none half-made', async () => {
  await withDatabaseFile(async (file) => {
    const answered: string[] = [];
    for (const [round, answers] of KILLS.entries()) {
      answered.push(...(await runUntilKilled({ file, answers, start: round * 1_000_000 })));
      const storage = await openSqliteStorage({ file });
      try {
        await expectWhole(storage, answered);
      } finally {
        await storage.close();
      }
    }
  });
});

it('crash of a process on SQLite: kill -9 while archived entries leave the log loses none of the others, and the next process goes on', async () => {
  await crashWhileEntriesLeave(`file:${await databaseFile()}`);
});

it.each([3, 12, 25])(
  'crash of a process on SQLite: kill -9 while usage is summed up and dropped, after %i answers, loses and repeats no count',
  async (answers) => {
    await crashWhileDaysAreSummedUp(`file:${await databaseFile()}`, answers);
  },
);

async function runUntilKilled(run: {
  readonly file: string;
  readonly answers: number;
  readonly start: number;
}): Promise<readonly string[]> {
  const script = fileURLToPath(new URL('change-stream-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, run.file, String(run.start)], { stdio: ['ignore', 'pipe', 'inherit'] });
  return linesUntilKilled(child, run.answers);
}

async function expectWhole(storage: Storage, answered: readonly string[]): Promise<void> {
  const keys = await storage.keys.listKeys({ limit: 100_000, now: 0 });
  const events = await storage.events.readEvents({ limit: 100_000 });
  const report = await verifyChain(events);
  expect(report).toMatchObject({ intact: true, broken: null });

  // One key, one secret, one budget and one entry for each change: all of it, or nothing.
  expect(events.map((event) => event.target.id).sort()).toEqual(keys.map((detail) => detail.key.id).sort());
  for (const detail of keys) {
    expect(detail.secrets).toHaveLength(1);
    expect([3, 5]).toContain(detail.credits?.remaining);
  }

  const byId = new Map(keys.map((detail) => [detail.key.id, detail]));
  for (const line of answered) {
    const [verb, number, figure] = line.split(' ');
    const detail = byId.get(`key_${number}`);
    expect(detail, line).toBeDefined();
    if (verb === 'made') expect(events[Number(figure) - 1]?.target.id).toBe(`key_${number}`);
    else expect(detail?.credits?.remaining).toBe(Number(figure));
  }
}
