/** A process that is killed in the middle of long work in steps, on a database of the given URL: what the next one finds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { verifyChain } from '../../src/domain/event-chain.js';
import { openStorage } from '../../src/open-storage.js';
import type { Storage } from '../../src/ports/storage.js';
import { DAY_MS } from '../../src/domain/time.js';
import { START } from '../../src/testing/storage-records.js';

/** Archived entries leave the log some at a time: no other is lost, and the next process goes on. */
export async function crashWhileEntriesLeave(database: string): Promise<void> {
  await linesUntilKilled(startSteps(database, 'archive'), 4);
  await withStorage(database, async (storage) => {
    const after = await storage.events.readCheckpoint();
    const left = await storage.events.readEvents({ limit: 2_000 });
    expect([after?.seq, left.at(-1)?.seq]).toEqual([1_900, 2_000]);
    while (await storage.keys.change((change) => change.log.drop()));
    const whole = await verifyChain(await storage.events.readEvents({ limit: 2_000 }), { after });
    expect(whole).toMatchObject({ intact: true, entries: 100 });
  });
}

/** Days are summed up and hours dropped, while late counts come: the days have every count that was answered once. */
export async function crashWhileDaysAreSummedUp(database: string, answers: number): Promise<void> {
  const lines = await linesUntilKilled(startSteps(database, 'usage'), answers);
  await withStorage(database, async (storage) => {
    const late = lines.filter((line) => line === 'late').length;
    const before = await dayTotals(storage);
    // One more may have been made whose answer nobody saw.
    expect([24 * 200 + late, 24 * 200 + late + 1]).toContain(before[0]);
    expect(before.slice(1)).toEqual([24 * 200]);
    while (await storage.usage.keepUp({ rollBefore: START + 2 * DAY_MS, hoursFrom: START + DAY_MS, daysFrom: 0 }));
    expect(await dayTotals(storage)).toEqual(before);
    expect(await storage.usage.readUsage({ from: START, until: START + DAY_MS, by: 'hour' })).toEqual([]);
  });
}

async function dayTotals(storage: Storage): Promise<readonly number[]> {
  const points = await storage.usage.readUsage({ from: START, until: START + 2 * DAY_MS, by: 'day' });
  return points.map(({ count }) => count);
}

async function withStorage(database: string, body: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await openStorage(database, { databaseTimeoutMs: 30_000 });
  try {
    await body(storage);
  } finally {
    await storage.close();
  }
}

function startSteps(database: string, work: 'archive' | 'usage'): ChildProcess {
  const script = fileURLToPath(new URL('steps-process.js', import.meta.url));
  return spawn(process.execPath, [script, database, work], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the process after so many lines. Returns every line that it wrote, those too that came after the signal was sent. */
export async function linesUntilKilled(child: ChildProcess, answers: number): Promise<readonly string[]> {
  if (child.stdout === null) throw new Error('The process has no output to read.');
  const ended = once(child, 'exit');
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === answers) child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
  }
  expect((await ended)[1]).toBe('SIGKILL');
  return lines;
}
