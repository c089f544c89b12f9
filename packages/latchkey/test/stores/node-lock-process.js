/** Holds the node lock of the database named by its argument until it is killed. */
import { lockSqliteNode } from '../../dist/stores/sqlite/node-lock.js';

const lock = await lockSqliteNode(process.argv[2] ?? '');
process.send?.('locked');
process.on('disconnect', () => lock.release());
