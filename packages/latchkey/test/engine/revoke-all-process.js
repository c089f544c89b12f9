/** A script that revokes all keys of an owner on the file that it is given, and is killed as soon as it has its answer. */
import { createLatchkey } from '../../dist/index.js';

const latchkey = await createLatchkey({ database: `file:${process.argv[2]}` });
await latchkey.owners.revokeAll('ada');
process.kill(process.pid, 'SIGKILL');
