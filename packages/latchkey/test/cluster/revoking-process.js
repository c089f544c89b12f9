/** A script that revokes a key on the file that it is given, and has nothing else to do: it says what came of it. */
import { createLatchkey } from '../../dist/index.js';

const latchkey = await createLatchkey({ database: `file:${process.argv[2]}`, leaseMs: 1_000 });
const { key } = await latchkey.keys.create({ name: 'a key', owner: 'ada' });
const { propagation } = await latchkey.keys.revoke(key.id);
await latchkey.close();
process.stdout.write(JSON.stringify(propagation));
