/**
 * The JSON of a verdict. The commonest one, a valid one without an explanation, is written by hand, which costs a fifth of
 * `JSON.stringify(wireVerdict(…))`; what it says of the key is remembered. A property test holds the two to each other.
 */
import { type LimitReading, type ValidVerdict, type Verdict } from 'latchkey';
import { Memo, toIso } from 'latchkey/internal';
import { wireKey, wireVerdict } from 'latchkey/edge';
import { rememberByKey } from './remember-by-key.js';

export function verdictJson(verdict: Verdict): string {
  return verdict.valid && verdict.steps === undefined ? validJson(verdict) : JSON.stringify(wireVerdict(verdict));
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

/** Windows end together: at the full minute, hour, day. */
const resets = new Memo<number, string>(64);

function resetIso(instant: number): string {
  const known = resets.get(instant);
  if (known !== undefined) return known;
  const iso = toIso(instant);
  resets.set(instant, iso);
  return iso;
}
