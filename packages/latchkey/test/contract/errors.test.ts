import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createClient, problemOf, UnavailableError } from 'latchkey/client';
import { describe, expect, it } from 'vitest';
import { ERROR_TEXTS, REFUSAL_TEXTS } from '../../src/contract/errors/error-texts.js';
import { ERRORS, EXITS, isErrorCode, REFUSAL_CODES, REFUSALS, type ErrorCode } from '../../src/contract/errors/errors.js';
import * as classes from '../../src/domain/errors.js';
import { rejection } from '../client/answering.js';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

/** Words that STYLE.md replaces by those of the field. */
const AVOIDED = /\bmend|\bwhoever\b|\bno such\b|\bfor ever\b|\bsomebody\b|\bmeanwhile\b|\bstate of things\b|\bany more\b|\bthing\b/i;

const SENTENCES = /^[A-Z`].*[.)]$/;

/** What a client rejects with when the service answers with this problem. */
async function rejectionOf(status: number, problem: object): Promise<Error> {
  const fetch = async (): Promise<Response> => new Response(JSON.stringify(problem), { status });
  return rejection(createClient({ url: 'http://service', credentials: 'omit', fetch }).keys.get('a'));
}

describe('the table of errors', () => {
  it.each(CODES)('%s: has a class that exists, a status, and a title of at most 60 characters in the words of the field', (code) => {
    const row = ERRORS[code];
    expect(classes).toHaveProperty(row.class);
    expect(Object.keys(EXITS)).toContain(row.class);
    expect(row.status).toBeGreaterThanOrEqual(400);
    expect(row.status).toBeLessThan(600);
    expect(row.title).toMatch(/^[A-Z][^.]{2,59}$/);
    expect(row.title).not.toMatch(AVOIDED);
  });

  it.each(CODES)('%s: has a meaning and a remedy in sentences', (code) => {
    for (const text of Object.values(ERROR_TEXTS[code])) {
      expect(text).toMatch(SENTENCES);
      expect(text).not.toMatch(AVOIDED);
    }
  });

  it('names the class whose own code a code is', () => {
    const errors = [
      new classes.InvalidInputError([]),
      new classes.NotFoundError('key'),
      new classes.ForbiddenError(''),
      new classes.RateLimitedError('', 0),
      new classes.UnavailableError('store'),
      new classes.TimedOutError({ limitMs: 0 }),
      new classes.ConfigurationError([]),
    ];
    expect(errors.map(({ code }) => ERRORS[code].class)).toEqual(errors.map(({ name }) => name));
    const conflicts = CODES.filter((code) => ERRORS[code].class === 'ConflictError');
    const others = conflicts.filter((code) => ERRORS[code].status !== 409);
    expect(others.map((code) => [code, ERRORS[code].status])).toEqual([['precondition_failed', 412]]);
    expect(errors.length + 1).toBe(Object.keys(EXITS).length);
  });

  it('has no two codes with one title', () => {
    const titles = new Map<string, ErrorCode>();
    for (const code of CODES) {
      expect(titles.get(ERRORS[code].title), code).toBeUndefined();
      titles.set(ERRORS[code].title, code);
    }
  });

  it('knows its own codes, and no name that every object has', () => {
    expect(CODES.length).toBe(Object.keys(ERRORS).length);
    for (const code of ['constructor', 'toString', '__proto__', '', null, undefined]) expect(isErrorCode(code)).toBe(false);
  });

  it.each(REFUSAL_CODES)('refusal %s: has a title, texts, and a public answer of the table', (code) => {
    expect(REFUSALS[code].title).toMatch(/^[A-Z][^.]{2,59}$/);
    expect([401, 403, 429, 503]).toContain(ERRORS[REFUSALS[code].publicCode].status);
    for (const text of Object.values(REFUSAL_TEXTS[code])) expect(text).toMatch(SENTENCES);
  });
});

describe('the client and the table of errors', () => {
  it.each(CODES)('%s: the client throws the class of the table, with the words of the service', async (code) => {
    const { class: name, status } = ERRORS[code];
    const error = await rejectionOf(status, { code, detail: 'What happened.', errors: [{ pointer: '', message: 'What happened.' }] });
    expect(error.name).toBe(name);
    expect(error.message).toBe(code === 'not_found' ? 'Key not found.' : 'What happened.');
    expect(problemOf(error)).toEqual({ code, status, requestId: null });
    const own = CODES.filter((each) => ERRORS[each].class === name);
    expect(own).toContain((error as classes.LatchkeyError).code);
  });

  it.each(CODES)('%s: the client goes by the status where it is not that of the table', async (code) => {
    expect(await rejectionOf(502, { code, detail: 'x' })).toBeInstanceOf(UnavailableError);
  });

  it.each([
    [400, 'InvalidInputError'],
    [401, 'ForbiddenError'],
    [403, 'ForbiddenError'],
    [404, 'UnavailableError'],
    [409, 'InvalidInputError'],
    [429, 'UnavailableError'],
    [500, 'UnavailableError'],
  ])('a code that the client does not know: %i is a %s', async (status, name) => {
    for (const code of ['of_a_newer_service', 'constructor', 'toString']) {
      expect((await rejectionOf(status, { code, detail: 'x' })).name).toBe(name);
    }
  });

  it('the client stays below 15 kB compressed, without the texts for people', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export { createClient } from 'latchkey/client';", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'esm',
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text).toContain(ERRORS.key_revoked.title);
    for (const absent of [ERROR_TEXTS.key_revoked.meaning, REFUSAL_TEXTS.disabled.meaning, REFUSALS.not_found.title]) {
      expect(text).not.toContain(absent);
    }
    expect(gzipSync(text).length).toBeLessThan(15_000);
  });
});
