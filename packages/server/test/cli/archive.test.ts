import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { run, serve, temporaryFolder, type ServedFolder } from './command.js';
import { appendEntries } from './old-entries.js';

const DAY_MS = 86_400_000;
const peppered = { LATCHKEY_PEPPERS: 'p1:a-pepper-of-more-than-32-bytes-for-this-test' };

/** A service whose log has six entries, one of each of the last days. */
async function serveOld(): Promise<{ readonly service: ServedFolder; readonly database: string; readonly folder: string }> {
  const folder = temporaryFolder();
  const database = `file:${join(folder.path, 'old.db')}`;
  await appendEntries(
    database,
    [6, 5, 4, 3, 2, 1].map((days) => Date.now() - days * DAY_MS),
  );
  const service = await serve({ DATABASE_URL: database, ...peppered });
  onTestFinished(async () => {
    await service.stop();
    folder.remove();
  });
  return { service, database, folder: folder.path };
}

it('latchkey events archive: what an export holds leaves the log, which is checked from the signed checkpoint on', async () => {
  const { service, database, folder } = await serveOld();
  const file = join(folder, 'log.jsonl');
  const later = join(folder, 'later.jsonl');
  writeFileSync(file, (await service.run(['events', '--export'])).stdout);
  const archive = async (...args: readonly string[]) => service.run(['events', 'archive', '--file', file, ...args]);

  const first = await archive('--before', '4');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^Archived 3 entries\. The log begins after 3:[0-9a-f]{64}\n$/);
  const whole =
    /^The log is whole: 4 entries, head 7:[0-9a-f]{64}\nIt begins after what was archived, by a checkpoint whose signature is valid\.\n$/;
  expect((await service.run(['events', '--verify'])).stdout).toMatch(whole);
  expect((await run(['events', '--verify', '--database', database], { variables: peppered })).stdout).toMatch(whole);
  expect((await run(['events', '--verify', '--database', database])).stdout).toContain('its pepper is not configured here');
  await expect.poll(async () => (await service.run(['events', '--order', 'oldest', '--limit', '1'])).stdout).toMatch(/^4 +/m);

  // A later export goes on from the checkpoint, and from the first export.
  writeFileSync(later, (await service.run(['events', '--export'])).stdout);
  const checkpoint = first.stdout.trim().split(' ').at(-1) ?? '';
  expect((await run(['events', '--verify', '--file', later, '--after', checkpoint])).stdout).toMatch(
    /^The log is whole: 4 entries after entry 3/,
  );
  const old = readFileSync(file, 'utf8').split('\n').slice(0, 3).join('\n');
  const both = await run(['events', '--verify', '--file', '-'], { input: `${old}\n${readFileSync(later, 'utf8')}` });
  expect(both.stdout).toMatch(/^The log is whole: 7 entries/);

  const instant = new Date(Date.now() - 1.5 * DAY_MS).toISOString();
  const second = await service.run(['events', 'archive', '--file', later, '--before', instant, '--json']);
  expect(JSON.parse(second.stdout)).toMatchObject({ archived: { seq: 5 }, entries: 2 });
});

it('latchkey events archive: an export that is broken, belongs to another log or holds nothing old is refused', async () => {
  const { service, folder } = await serveOld();
  const exported = (await service.run(['events', '--export'])).stdout;
  const archive = async (text: string, before: string) => {
    writeFileSync(join(folder, 'log.jsonl'), text);
    return service.run(['events', 'archive', '--file', join(folder, 'log.jsonl'), '--before', before]);
  };
  const lines = exported.split('\n');
  for (const [text, before, told] of [
    [exported.replace('"seq":2', '"seq":3'), '5', 'The export is broken at entry 2'],
    [lines.slice(1).join('\n'), '5', 'The export is broken at entry 1'],
    [exported, '1', 'The export holds no entry before the one of --before'],
    ['', '5', 'The export holds no entry before the one of --before'],
    [exported, 'yesterday', '--before'],
  ] as const) {
    const { code, stderr } = await archive(text, before);
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  }
  expect((await service.run(['events', '--verify'])).stdout).toMatch(/^The log is whole: 6 entries/);
});
