/** Opens the database of its argument, says so, and when told makes a change with nothing else that keeps the process alive. */
import { openPostgresStorage } from '../../../dist/postgres.js';

const storage = await openPostgresStorage({ url: process.argv[2] ?? '', timeoutMs: 10_000 });
process.stdout.write('open\n');
for await (const _ of process.stdin) break;
process.stdin.destroy();
try {
  await storage.keys.change((change) => change.owners.ensure('ada', 1));
  process.stdout.write('made\n');
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.name : 'unknown'}\n`);
}
