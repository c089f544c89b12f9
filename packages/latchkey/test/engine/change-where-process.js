/** A script that disables all keys of a tag on the file that it is given, and is killed after so many turns of its event loop. */
import { writeSync } from 'node:fs';
import { createLatchkey } from '../../dist/index.js';

const [, , file, keys, turns] = process.argv;
const latchkey = await createLatchkey({ database: `file:${file}` });

let left = Number(turns);
function turn() {
  if (left-- <= 0) process.kill(process.pid, 'SIGKILL');
  setImmediate(turn);
}
setImmediate(turn);

await latchkey.keys.disableWhere({ where: { tags: ['old'] }, expect: Number(keys) });
writeSync(1, 'acknowledged');
process.kill(process.pid, 'SIGKILL');
