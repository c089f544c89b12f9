/**
 * What people write of a key, read into what a record holds. Every problem is found and named at once; nothing
 * is guessed, and nothing that cannot be read means "none".
 *
 * engine/fields/ owns how input is read and how records are shown: fields, views, pages, and what the log says of a key.
 */
import { OPERATOR_ENVIRONMENT, OPERATOR_SCOPES } from '../../domain/actor.js';
import { BOUNDS } from '../../domain/bounds.js';
import { type CreditRefill, type CreditState, firstRefillAt } from '../../domain/credits.js';
import { type InputIssue, InvalidInputError } from '../../domain/errors.js';
import { parseIpRule } from '../../domain/ip-rules.js';
import type { JsonObject } from '../../domain/json.js';
import type { KeyRecord } from '../../domain/key.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import { parseMetadata } from '../../domain/metadata.js';
import type { Parsed } from '../../domain/parsed.js';
import { isKnownScope, isScope, knownScopesFormat, SCOPE_FORMAT } from '../../domain/scopes.js';
import { isTierName, normaliseName, normaliseOwnerId, normaliseReason, SHORT_NAME_FORMAT } from '../../domain/text.js';
import { DURATION_FORMAT, INSTANT_FORMAT, parseDuration, parseInstant } from '../../domain/time.js';
import type { CreditsInput, RefillInput } from '../api/index.js';
import { assertObject } from './takes.js';

export interface ScopeBounds {
  /** That of the key; null before it is known, when any scope passes that can be read. */
  readonly environment: string | null;
  /** The scopes that there are for ordinary keys, null for any. */
  readonly known: readonly string[] | null;
  /** The scopes that the key holds already; they may stay in any case. */
  readonly held?: readonly string[] | undefined;
}

/** Collects what is wrong while fields are read; `finish` throws all of it. */
export interface FieldReader {
  name(value: string): string;
  owner(value: string): string;
  tier(value: string | null): string | null;
  environment(value: string, environments: readonly string[]): string;
  scopes(values: readonly string[], bounds: ScopeBounds): readonly string[];
  /** From `expiresAt` or `expiresIn`, not both; must lie after `now` (unless null). */
  expiry(input: { expiresAt?: string | null | undefined; expiresIn?: string | number | undefined }, now: number): number | null;
  /** Refuses a key that would end before it begins, at `pointer`. */
  period(key: Pick<KeyRecord, 'notBefore' | 'expiresAt'>, pointer: string): void;
  instant(value: string | null, pointer: string): number | null;
  duration(value: string | number, pointer: string): number;
  ipRules(values: readonly string[]): readonly string[];
  limits(values: readonly LimitInput[]): readonly Limit[];
  metadata(value: JsonObject): JsonObject;
  credits(value: CreditsInput, now: number): CreditState;
  refill(value: RefillInput): CreditRefill;
  amount(value: number, pointer: string, min?: number): number;
  reason(value: string | null | undefined): string | null;
  refuse(pointer: string, message: string): void;
  /** Whether a field was refused whose pointer begins so. */
  refused(pointer: string): boolean;
  /** Every problem so far. */
  issues(): readonly InputIssue[];
  /** Throws an InvalidInputError with every problem, if there was one. */
  finish(): void;
}

export function createFieldReader(): FieldReader {
  const issues: InputIssue[] = [];

  function refuse(pointer: string, message: string): void {
    issues.push({ pointer, message });
  }

  function take<T>(result: Parsed<T>, pointer: string, fallback: T): T {
    if (result.ok) return result.value;
    refuse(pointer, result.problem);
    return fallback;
  }

  function text(value: unknown, pointer: string): value is string {
    if (typeof value === 'string') return true;
    refuse(pointer, 'Use text.');
    return false;
  }

  function list(value: readonly string[], pointer: string): readonly string[] {
    if (Array.isArray(value as unknown)) return value;
    refuse(pointer, 'Use a list of texts.');
    return [];
  }

  const reader: FieldReader = {
    refuse,
    refused: (pointer) => issues.some((issue) => issue.pointer.startsWith(pointer)),
    name: (value) => (text(value, '/name') ? take(normaliseName(value), '/name', '') : ''),
    owner: (value) => (text(value, '/owner') ? take(normaliseOwnerId(value), '/owner', '') : ''),
    tier(value) {
      if (value === null) return null;
      if (!text(value, '/tier') || !isTierName(value)) refuse('/tier', `Use ${SHORT_NAME_FORMAT}.`);
      return value;
    },
    environment(value, environments) {
      if (value !== OPERATOR_ENVIRONMENT && !environments.includes(value)) {
        refuse('/environment', `Use one of the configured environments: ${environments.join(', ')}.`);
      }
      return value;
    },
    scopes(given, { environment, known, held = [] }) {
      const values = list(given, '/scopes');
      const isOperator = environment === OPERATOR_ENVIRONMENT;
      const ofEnvironment = isOperator ? OPERATOR_SCOPES : known;
      const among = environment === null ? null : ofEnvironment;
      if (isOperator && values.length === 0) refuse('/scopes', 'An operator token needs at least one scope, such as "keys:verify".');
      if (values.length > BOUNDS.scopes) refuse('/scopes', `Give at most ${BOUNDS.scopes} scopes.`);
      values.forEach((scope, index) => {
        if (typeof scope !== 'string' || !isScope(scope)) refuse(`/scopes/${index}`, `Use ${SCOPE_FORMAT}.`);
        else if (among !== null && !held.includes(scope) && !isKnownScope(among, scope))
          refuse(`/scopes/${index}`, `Use ${knownScopesFormat(among)}.`);
      });
      return [...new Set(values)];
    },
    expiry({ expiresAt, expiresIn }, now) {
      if (expiresAt != null && expiresIn !== undefined) refuse('/expiresIn', 'Give either expiresAt or expiresIn, not both.');
      const pointer = expiresIn === undefined ? '/expiresAt' : '/expiresIn';
      const ahead = expiresIn === undefined ? null : now + reader.duration(expiresIn, pointer);
      const expiry = ahead ?? (expiresAt == null ? null : reader.instant(expiresAt, pointer));
      if (expiry !== null && expiry <= now && !reader.refused(pointer))
        refuse(pointer, 'Use an expiry in the future. To end a key now, revoke it.');
      return expiry;
    },
    period({ notBefore, expiresAt }, pointer) {
      if (notBefore !== null && expiresAt !== null && notBefore >= expiresAt) refuse(pointer, 'The key must begin before it expires.');
    },
    instant(value, pointer) {
      if (value === null) return null;
      const instant = text(value, pointer) ? parseInstant(value) : 0;
      if (instant === null) refuse(pointer, `Use ${INSTANT_FORMAT}.`);
      return instant;
    },
    duration(value, pointer) {
      const durationMs = parseDuration(value);
      if (durationMs === null) refuse(pointer, `Use ${DURATION_FORMAT}.`);
      return durationMs ?? 0;
    },
    ipRules(given) {
      const values = list(given, '/ipRules');
      if (values.length > BOUNDS.ipRules) refuse('/ipRules', `Give at most ${BOUNDS.ipRules} rules.`);
      return [...new Set(values.map((rule, index) => take(parseIpRule(String(rule)), `/ipRules/${index}`, '')))];
    },
    limits(values) {
      const result = parseLimits(values, '/limits');
      if (result.ok) return result.limits;
      issues.push(...result.issues);
      return [];
    },
    metadata: (value) => take(parseMetadata(value), '/metadata', {}),
    credits(value, now) {
      assertObject(value, '/credits');
      const remaining = reader.amount(value.remaining, '/credits/remaining');
      const refill = value.refill == null ? null : reader.refill(value.refill);
      return { remaining, refill, nextRefillAt: refill === null ? null : firstRefillAt(refill, now) };
    },
    refill(value) {
      assertObject(value, '/credits/refill');
      const { amount, mode = 'set', every, day } = value;
      const common = { amount: reader.amount(amount, '/credits/refill/amount', 1), mode };
      if (mode !== 'set' && mode !== 'add') refuse('/credits/refill/mode', 'Use "set" or "add".');
      if (every === 'month') {
        if (day !== undefined && !(Number.isInteger(day) && day >= 1 && day <= 31))
          refuse('/credits/refill/day', 'Use a day from 1 to 31.');
        return { ...common, every, day: day ?? 1 };
      }
      if (day !== undefined) refuse('/credits/refill/day', 'Give a day only with every: "month".');
      const intervalMs = reader.duration(every, '/credits/refill/every');
      if (intervalMs < BOUNDS.refillMs) refuse('/credits/refill/every', 'Use "month", or a duration of at least 1 second.');
      return { ...common, every: 'interval', intervalMs: Math.max(BOUNDS.refillMs, intervalMs) };
    },
    amount(value, pointer, min = 0) {
      if (!Number.isSafeInteger(value) || value < min || value > BOUNDS.credits)
        refuse(pointer, `Use an integer from ${min} to ${BOUNDS.credits}.`);
      return value;
    },
    reason(value) {
      if (value == null) return null;
      return text(value, '/reason') ? take(normaliseReason(value), '/reason', '') || null : null;
    },
    issues: () => issues,
    finish() {
      if (issues.length > 0) throw new InvalidInputError(issues);
    },
  };
  return reader;
}
