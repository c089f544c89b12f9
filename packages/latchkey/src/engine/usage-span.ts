import { InvalidInputError } from '../domain/errors.js';
import { createFieldReader } from './key-input.js';

const DAY_MS = 86_400_000;

export interface Span {
  /** Epoch milliseconds; from inclusive, until exclusive. */
  readonly from: number;
  readonly until: number;
}

/** The span of time that is asked for; what is not said ends now, or is as long as the default. Throws an InvalidInputError. */
export function readSpan(
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
  { now, maxMs, defaultMs }: { readonly now: number; readonly maxMs: number; readonly defaultMs: number },
): Span {
  const fields = createFieldReader();
  const end = until === undefined ? now : (fields.instant(until, '/until') ?? 0);
  const start = from === undefined ? Math.max(0, end - defaultMs) : (fields.instant(from, '/from') ?? 0);
  fields.finish();
  if (start >= end) throw new InvalidInputError([{ pointer: '/from', message: 'It must lie before until.' }]);
  if (end - start > maxMs) throw new InvalidInputError([{ pointer: '/from', message: `Ask for at most ${maxMs / DAY_MS} days at once.` }]);
  return { from: start, until: end };
}
