import type { Compilable } from 'kysely';

/**
 * Runs a statement of whose answer nothing is wanted. Where it fails, the transaction that it is in fails: this promise may
 * have been resolved by then.
 */
export type Write = (query: Compilable & { execute(): Promise<unknown> }) => Promise<void>;

/** Resolves when the statement was carried out. */
export const executed: Write = async (query) => void (await query.execute());
