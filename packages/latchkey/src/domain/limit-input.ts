/** Reads limits as people write them. What passes here keeps the arithmetic of limits within safe integers. */
import { BOUNDS } from './bounds.js';
import type { InputIssue } from './errors.js';
import { LIMIT_ALGORITHMS, type Limit, type LimitAlgorithm, type LimitInput } from './limit.js';
import { isLimitName, SHORT_NAME_FORMAT } from './text.js';
import { parseDuration } from './time.js';

export type ParsedLimits =
  | { readonly ok: true; readonly limits: readonly Limit[] }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

const FIELDS = new Set(['name', 'limit', 'window', 'windowMs', 'algorithm', 'burst']);

const WINDOW_FORMAT = 'a duration from 1 second to 366 days, such as "1m", "1h" or "1d", or its milliseconds';

/**
 * The limits, frozen, or every problem with them; `pointer` (RFC 6901) says where the list stands in the input.
 * At most 10, with different names; 1 to 1 000 000 000 units (10 000 in a sliding window) in 1 second to 366 days.
 * The algorithm is `token-bucket` where a burst is given, and otherwise `fixed-window`.
 */
export function parseLimits(inputs: readonly LimitInput[], pointer: string): ParsedLimits {
  if (!Array.isArray(inputs)) return { ok: false, issues: [{ pointer, message: 'Use a list of limits.' }] };
  if (inputs.length > BOUNDS.limits) return { ok: false, issues: [{ pointer, message: `Give at most ${BOUNDS.limits} limits.` }] };
  const issues: InputIssue[] = [];
  const names = new Set<unknown>();
  const limits = inputs.map((input: LimitInput, index) => {
    const at = `${pointer}/${index}`;
    if (typeof input !== 'object' || input === null) {
      issues.push({ pointer: at, message: 'Use an object such as { "name": "requests", "limit": 100, "window": "1h" }.' });
      return null;
    }
    if (names.has(input.name)) issues.push({ pointer: `${at}/name`, message: 'Use a name that no other limit of the list has.' });
    names.add(input.name);
    return readLimit(input, (field, message) => issues.push({ pointer: field === '' ? at : `${at}/${field}`, message }));
  });
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, limits: Object.freeze(limits.filter((limit) => limit !== null)) };
}

type Refuse = (field: string, message: string) => void;

function readLimit(input: LimitInput, refuse: Refuse): Limit | null {
  for (const field of Object.keys(input)) {
    if (!FIELDS.has(field)) refuse('', `Use no other fields than ${[...FIELDS].join(', ')}.`);
  }
  if (typeof input.name !== 'string' || !isLimitName(input.name)) refuse('name', `Use ${SHORT_NAME_FORMAT}.`);
  const windowMs = readWindow(input, refuse);
  const algorithm = readAlgorithm(input, refuse);
  const unitsMax = algorithm === 'sliding-window' ? BOUNDS.slidingWindowUnits : BOUNDS.limitUnits;
  if (!isInteger(input.limit, unitsMax))
    refuse('limit', `Use an integer from 1 to ${unitsMax}${algorithm === 'sliding-window' ? ' for a sliding window' : ''}.`);
  if (input.burst !== undefined) checkBurst(input.burst, algorithm, refuse);
  if (algorithm === null || windowMs === null) return null;
  const burst = input.burst ?? input.limit;
  if (algorithm === 'token-bucket' && !(burst * windowMs <= Number.MAX_SAFE_INTEGER)) {
    const most = Math.floor(Number.MAX_SAFE_INTEGER / windowMs);
    refuse(input.burst === undefined ? 'limit' : 'burst', `Use at most ${most} for a token bucket with so long a window.`);
  }
  const { name, limit } = input;
  return Object.freeze({ name, limit, windowMs, algorithm, ...(input.burst === undefined ? {} : { burst: input.burst }) });
}

function readWindow(input: LimitInput, refuse: Refuse): number | null {
  if ((input.window === undefined) === (input.windowMs === undefined)) {
    refuse('window', `Use either window or windowMs: ${WINDOW_FORMAT}.`);
    return null;
  }
  const field = input.window === undefined ? 'windowMs' : 'window';
  const { min, max } = BOUNDS.windowMs;
  const windowMs = field === 'window' ? parseDuration(input.window ?? '') : (input.windowMs ?? null);
  if (typeof windowMs === 'number' && Number.isInteger(windowMs) && windowMs >= min && windowMs <= max) return windowMs;
  refuse(field, field === 'window' ? `Use ${WINDOW_FORMAT}.` : `Use an integer from ${min} to ${max}.`);
  return null;
}

function readAlgorithm(input: LimitInput, refuse: Refuse): LimitAlgorithm | null {
  if (input.algorithm === undefined) return input.burst === undefined ? 'fixed-window' : 'token-bucket';
  if (LIMIT_ALGORITHMS.includes(input.algorithm)) return input.algorithm;
  refuse('algorithm', `Use one of ${LIMIT_ALGORITHMS.join(', ')}.`);
  return null;
}

function checkBurst(burst: number, algorithm: LimitAlgorithm | null, refuse: Refuse): void {
  if (algorithm !== null && algorithm !== 'token-bucket') refuse('burst', 'Use burst only with the algorithm token-bucket.');
  else if (!isInteger(burst, BOUNDS.limitUnits)) refuse('burst', `Use an integer from 1 to ${BOUNDS.limitUnits}.`);
}

function isInteger(value: unknown, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}
