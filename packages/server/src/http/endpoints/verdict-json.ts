/**
 * A verdict as it travels: JSON, its times as ISO 8601. The commonest one, a valid one that was not explained, is
 * written by hand, which costs a fifth of JSON.stringify; what it says of the key is remembered.
 */
import { toIso, type LimitReading, type ValidVerdict, type Verdict, type VerifiedKey } from 'latchkey';
import { rememberByKey } from './remember-by-key.js';

export function verdictJson(verdict: Verdict): string {
  return verdict.valid && verdict.steps === undefined ? validJson(verdict) : JSON.stringify(wireVerdict(verdict));
}

/** Every field, whatever it is: the measure of what is written by hand. */
export function wireVerdict({ key, limits, ...rest }: Verdict): object {
  return { ...rest, key: key === null ? null : wireKey(key), ...(limits !== undefined && { limits: limits.map(wireReading) }) };
}

function wireKey(key: VerifiedKey): object {
  return { ...key, expiresAt: key.expiresAt === null ? null : toIso(key.expiresAt) };
}

function wireReading(reading: LimitReading): object {
  return { ...reading, resetAt: toIso(reading.resetAt) };
}

const keyJson = rememberByKey((key) => JSON.stringify(wireKey(key)));

function validJson({ key, secretId, limits, credits, degraded }: ValidVerdict): string {
  let readings = '';
  for (const reading of limits) readings += readings === '' ? readingJson(reading) : `,${readingJson(reading)}`;
  return `{"valid":true,"code":"valid","key":${keyJson(key)},"secretId":${JSON.stringify(secretId)},"limits":[${readings}],"credits":${credits},"degraded":${degraded}}`;
}

function readingJson({ name, limit, remaining, resetAt, algorithm, windowMs }: LimitReading): string {
  return `{"name":${JSON.stringify(name)},"limit":${limit},"remaining":${remaining},"resetAt":"${resetIso(resetAt)}","algorithm":"${algorithm}","windowMs":${windowMs}}`;
}

const resetIso = rememberIso();

/** Windows end together: at the full minute, hour, day. */
function rememberIso(): (instant: number) => string {
  const known = new Map<number, string>();
  return (instant) => {
    const remembered = known.get(instant);
    if (remembered !== undefined) return remembered;
    const iso = toIso(instant);
    if (known.size >= 64) known.clear();
    known.set(instant, iso);
    return iso;
  };
}
