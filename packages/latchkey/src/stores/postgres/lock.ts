import { createHash } from 'node:crypto';

/** "LKey": tells our locks from those of the other programs in the database. */
const CLASS = 0x4c_4b_65_79;

/**
 * The lock that makes changes, and migrations, take turns: one for each schema, so that two Latchkeys in one database do
 * not wait for each other. It ends with its transaction, and so works through a pooler; and it is given up only once the
 * commit can be seen by others, so that whoever holds it next sees all that came before.
 */
export function lockStatement(schema: string): string {
  const which = createHash('sha256').update(schema).digest().readInt32BE();
  return `select pg_advisory_xact_lock(${CLASS}, ${which})`;
}
