/** Entries of the audit log that are older than a service writes them: those of the last hour are never archived. */
import { type LogEvent } from 'latchkey';
import { openStorage } from 'latchkey/internal';

/** Appends an entry for each instant, to the database of a service or before there is one. */
export async function appendEntries(database: string, instants: readonly number[]): Promise<readonly LogEvent[]> {
  const storage = await openStorage(database);
  try {
    return await storage.keys.change(async (change) => {
      const entries: LogEvent[] = [];
      for (const at of instants) entries.push(await change.append(entryAt(at)));
      return entries;
    });
  } finally {
    await storage.close();
  }
}

function entryAt(at: number) {
  return {
    at,
    action: 'key.disabled',
    actor: { type: 'admin', id: 'admin' },
    target: { type: 'key', id: 'key_a' },
    owner: 'acme',
    reason: null,
    address: null,
    requestId: null,
    session: null,
    before: null,
    after: null,
  } as const;
}
