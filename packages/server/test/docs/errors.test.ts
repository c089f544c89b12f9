import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorProblem, problem, PROBLEM_CODES, type ProblemCode } from '../../src/http/exchange/problem.js';
import { ConflictError, REFUSAL_CODES, UnavailableError, type ConflictReason, type LatchkeyError, type Notice } from 'latchkey';
import { PUBLIC_REFUSAL_CODES, publicRefusal, TOO_MANY_HEADERS } from 'latchkey/edge';

const DOCUMENT = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

/** The compiler keeps these two whole: neither a code too few nor one too many. */
const ERROR_CODES = {
  invalid_input: true,
  not_found: true,
  forbidden: true,
  rate_limited: true,
  unavailable: true,
  timed_out: true,
  configuration: true,
} satisfies Record<Exclude<LatchkeyError['code'], ConflictReason>, true>;

const CONFLICT_REASONS = {
  key_revoked: true,
  key_expired: true,
  rotated_meanwhile: true,
  current_secret: true,
  too_many_keys: true,
  too_many_secrets: true,
  tier_in_use: true,
  tier_is_configured: true,
  already_imported: true,
  idempotency_key_reused: true,
} satisfies Record<ConflictReason, true>;

const NOTICE_CODES = {
  limits_warning: true,
  reads_warning: true,
  limiter_out: true,
  limiter_back: true,
} satisfies Record<Notice['code'], true>;

/** The rows of the table under a heading, as their cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = DOCUMENT.split(/^#{2,3} /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1, -1),
    );
}

function codesUnder(heading: string): readonly string[] {
  return rowsUnder(heading).map(([code = '']) => code);
}

function sorted(codes: readonly string[]): readonly string[] {
  return codes.toSorted();
}

/** The status that the service answers a code with. */
function statusOf(code: ProblemCode): number {
  if (code in CONFLICT_REASONS) return errorProblem(new ConflictError(code as ConflictReason, ''), '').status;
  if (code === TOO_MANY_HEADERS.code) return TOO_MANY_HEADERS.status;
  if (code === 'unavailable') return errorProblem(new UnavailableError('store'), '').status;
  const refusal = REFUSAL_CODES.find((each) => each === code || (code === 'invalid' && each === 'not_found'));
  const isPublic = (PUBLIC_REFUSAL_CODES as readonly string[]).includes(code);
  if (isPublic && refusal !== undefined) return publicRefusal({ code: refusal }).status;
  return problem(code as Parameters<typeof problem>[0], { detail: '', requestId: '' }).status;
}

describe('docs/errors.md', () => {
  it('lists every code of a verdict, and no other', () => {
    expect(sorted(codesUnder('Verdicts'))).toEqual(sorted(['valid', ...REFUSAL_CODES]));
  });

  it('gives each refusal the status that the public edge answers with', () => {
    const documented = rowsUnder('Verdicts').filter(([code]) => code !== 'valid');
    expect(documented.map(([code, status]) => [code, Number(status)])).toEqual(
      documented.map(([code]) => [code, publicRefusal({ code: REFUSAL_CODES.find((each) => each === code) ?? 'missing' }).status]),
    );
  });

  it('lists every code of an error, and no other', () => {
    expect(sorted(codesUnder('Errors'))).toEqual(sorted(Object.keys(ERROR_CODES)));
  });

  it('lists every reason of a conflict, and no other', () => {
    expect(sorted(codesUnder('Conflicts'))).toEqual(sorted(Object.keys(CONFLICT_REASONS)));
  });

  it('lists every code of a notice, and no other', () => {
    expect(sorted(codesUnder('Notices'))).toEqual(sorted(Object.keys(NOTICE_CODES)));
  });

  it('lists every code of a problem, and no other', () => {
    expect(sorted(codesUnder('Problems'))).toEqual(sorted(PROBLEM_CODES));
  });

  it('gives each problem the status that the service answers with', () => {
    const documented = new Map(rowsUnder('Problems').map(([code = '', status]) => [code, Number(status)]));
    expect(PROBLEM_CODES.map((code) => [code, documented.get(code)])).toEqual(PROBLEM_CODES.map((code) => [code, statusOf(code)]));
  });

  it('says what each code means, but for those that another table explains', () => {
    for (const heading of ['Verdicts', 'Errors', 'Conflicts']) {
      for (const cells of rowsUnder(heading).filter(([code]) => code !== 'valid')) expect(cells.every((cell) => cell !== '')).toBe(true);
    }
  });
});
