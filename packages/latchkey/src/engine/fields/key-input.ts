/**
 * What people write of a key, read into what a record holds. Every problem is found and named at once; nothing
 * is guessed, and nothing that cannot be read means "none".
 *
 * engine/fields/ owns how input is read and how records are shown: fields, views, pages, and what the log says of a key.
 */
import { BOUNDS } from '../../domain/bounds.js';
import { type InputIssue, InvalidInputError } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import { parseMetadata } from '../../domain/metadata.js';
import type { Parsed } from '../../domain/parsed.js';
import { normaliseName, normaliseOwnerId, normaliseReason } from '../../domain/text.js';
import { DURATION_FORMAT, INSTANT_FORMAT, parseDuration, parseInstant } from '../../domain/time.js';

/** Collects what is wrong while fields are read; `finish` throws all of it. */
export interface FieldReader {
  name(value: string): string;
  owner(value: string): string;
  instant(value: string | null, pointer: string): number | null;
  duration(value: string | number, pointer: string): number;
  limits(values: readonly LimitInput[]): readonly Limit[];
  metadata(value: JsonObject): JsonObject;
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

  const reader: FieldReader = {
    refuse,
    refused: (pointer) => issues.some((issue) => issue.pointer.startsWith(pointer)),
    name: (value) => (text(value, '/name') ? take(normaliseName(value), '/name', '') : ''),
    owner: (value) => (text(value, '/owner') ? take(normaliseOwnerId(value), '/owner', '') : ''),
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
    limits(values) {
      const result = parseLimits(values, '/limits');
      if (result.ok) return result.limits;
      issues.push(...result.issues);
      return [];
    },
    metadata: (value) => take(parseMetadata(value), '/metadata', {}),
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
