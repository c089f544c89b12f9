import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../../tools/services/sqlite.js';
import { sampleEvent, START } from '../../../src/testing/storage-records.js';
import { withFileStorage } from '../temporary-database.js';

describe('audit log in the file', () => {
  it('refuses every update, deletion and entry out of order, by whatever connection', async () => {
    await withFileStorage(async (storage, file) => {
      const event = await storage.keys.change((change) => change.append(sampleEvent(1)));
      const connection = openSqlite(file);
      try {
        expect(() => connection.exec("update events set reason = 'x'")).toThrow('append-only');
        expect(() => connection.exec('delete from events')).toThrow('append-only');
        expect(() => connection.exec('replace into events select * from events')).toThrow('append-only');
        const copy = Object.values(connection.prepare('select * from events').get() ?? {});
        const insert = connection.prepare(`insert into events values (${copy.map(() => '?').join(', ')})`);
        expect(() => insert.run(3, ...copy.slice(1))).toThrow('append-only');
      } finally {
        connection.close();
      }
      expect(await storage.events.readEvents({ limit: 5 })).toEqual([event]);
    });
  });

  it('lets go of what was archived and of nothing else, and refuses to change or take away a checkpoint', async () => {
    await withFileStorage(async (storage, file) => {
      await storage.keys.change(async (change) => {
        const events = [await change.append(sampleEvent(1)), await change.append(sampleEvent(2)), await change.append(sampleEvent(3))];
        await change.log.archive({ seq: 2, hash: events[1]?.hash ?? '', pepperId: null, signature: null }, START);
      });
      const connection = openSqlite(file);
      try {
        for (const statement of [
          'delete from events',
          'delete from events where seq = 3',
          "update events set reason = 'x' where seq = 1",
          'update log_checkpoints set seq = 3',
          'delete from log_checkpoints',
          "insert into log_checkpoints values (3, 'x', 1, null, null)",
          'replace into log_checkpoints select * from log_checkpoints',
        ]) {
          expect(() => connection.exec(statement), statement).toThrow('append-only');
        }
        connection.exec('delete from events where seq <= 2');
      } finally {
        connection.close();
      }
      expect((await storage.events.readEvents({ limit: 5 })).map(({ seq }) => seq)).toEqual([3]);
    });
  });
});
