import type { LogHead } from '../../domain/event.js';

/** Says what a head of the log looks like. */
export const HEAD_FORM = 'Use a head of the log: its seq, 1 or more, and its hash.';

/** For callers without types. */
export function isHead(head: LogHead | undefined): boolean {
  return typeof head === 'object' && Number.isSafeInteger(head?.seq) && head.seq > 0 && /^[0-9a-f]{64}$/.test(head.hash);
}
