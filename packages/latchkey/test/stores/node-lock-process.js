/** Holds the node lock of the database named by its argument until it is killed. */
import { loadDriver, resolveFile } from '../../dist/stores/sqlite/driver.js';
import { holdNodeLock } from '../../dist/stores/sqlite/node-lock.js';

const lock = holdNodeLock(await loadDriver(), resolveFile(process.argv[2] ?? ''));
process.send?.('locked');
process.on('disconnect', () => lock.release());
