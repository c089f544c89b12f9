import { createHash } from 'node:crypto';

/** "LKey": tells our locks from those of the other programs in the database. */
const CLASS = 0x4c_4b_65_79;

/**
 * The lock that makes changes, and migrations, take turns: one for each schema, so that two Latchkeys in one database do
 * not wait for each other. It ends with its transaction, and so works through a pooler; and it is given up only once the
 * commit can be seen by others, so that whoever holds it next sees all that came before.
 */
export function lockStatement(schema: string): string {
  return `select pg_advisory_xact_lock(${CLASS}, ${numberOf(schema)})`;
}

/**
 * The lock by which those that add usage, any number at once, and the one that sums it up wait for each other: what is added
 * is seen by the sum, or sees it.
 */
export function usageLockStatement(schema: string, mode: 'shared' | 'exclusive'): string {
  return `select pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}(${CLASS}, ${numberOf(`${schema} usage`)})`;
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readInt32BE();
}
