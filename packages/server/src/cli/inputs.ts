/** Arguments as people type them: limits, refills, whole numbers, JSON. What does not parse says what would. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { JsonObject, LimitInput, LogHead, RefillInput } from 'latchkey';

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), ...value.split(',').map((item) => item.trim())];
}

export function wholeNumber(value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Use a whole number.');
}

export function signedNumber(value: string): number {
  if (/^[+-]?\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Use a whole number, such as 100 or -20.');
}

export const LIMIT_FORM = 'name=100/1d[:algorithm[:burst]]';

export function limits(value: string, earlier: readonly LimitInput[] | undefined): readonly LimitInput[] {
  return [...(earlier ?? []), limit(value)];
}

function limit(value: string): LimitInput {
  const match = /^([^=]+)=(\d{1,15})\/([^:]+)(?::(fixed-window|sliding-window|token-bucket)(?::(\d{1,15}))?)?$/.exec(value);
  const [, name, amount, window, algorithm, burst] = match ?? [];
  if (name === undefined || window === undefined) {
    throw new InvalidArgumentError(`Use ${LIMIT_FORM}, such as daily=100/1d or calls=10/1s:token-bucket:20.`);
  }
  return {
    name,
    limit: Number(amount),
    window,
    ...(algorithm === undefined ? {} : { algorithm: algorithm as NonNullable<LimitInput['algorithm']> }),
    ...(burst === undefined ? {} : { burst: Number(burst) }),
  };
}

export const REFILL_FORM = '[add:]amount/every';

export function refill(value: string): RefillInput {
  const match = /^(?:(set|add):)?(\d{1,15})\/([^:]+)(?::(\d{1,2}))?$/.exec(value);
  const [, mode, amount, every, day] = match ?? [];
  if (every === undefined || (day !== undefined && every !== 'month')) {
    throw new InvalidArgumentError(`Use ${REFILL_FORM}, such as 1000/1d, add:50/1h or 1000/month:15.`);
  }
  return {
    amount: Number(amount),
    every,
    ...(mode === undefined ? {} : { mode: mode as 'set' | 'add' }),
    ...(day === undefined ? {} : { day: Number(day) }),
  };
}

/** For options that name a field and its value, and may be given for several fields. */
export function fields(value: string, earlier: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const at = value.indexOf('=');
  const name = value.slice(0, Math.max(0, at));
  if (name === '') throw new InvalidArgumentError('Use field=value, such as team=payments.');
  if (earlier !== undefined && Object.hasOwn(earlier, name)) throw new InvalidArgumentError('Give each field once.');
  return Object.fromEntries([...Object.entries(earlier ?? {}), [name, value.slice(at + 1)]]);
}

export function jsonObject(value: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  } catch {
    // Said below, without repeating the value.
  }
  throw new InvalidArgumentError('Use a JSON object, such as {"team":"search"}.');
}

export function head(value: string): LogHead {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(value);
  if (match === null) throw new InvalidArgumentError('Use <seq>:<hash>, as "latchkey events --head" prints it.');
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}

/** The first line of a file that holds a token. */
export function tokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new InvalidArgumentError('The file cannot be read.');
  }
}
