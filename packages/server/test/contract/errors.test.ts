/** Service, self-service and command line beside the table of errors: for one code, one title, one status and one exit code. */
import {
  ConfigurationError,
  ConflictError,
  ERRORS,
  EXITS,
  ForbiddenError,
  InvalidInputError,
  isErrorCode,
  NotFoundError,
  RateLimitedError,
  TimedOutError,
  UnavailableError,
  type ErrorClass,
  type ErrorCode,
  type ConflictReason,
  type LatchkeyError,
  type OwnKeys,
  type ProblemCode,
} from 'latchkey';
import { createSelfServiceHandler } from 'latchkey/self-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { reportFailure } from '../../src/cli/failures.js';
import { processTerminal } from '../../src/cli/terminal.js';
import { errorProblem, problem } from '../../src/http/exchange/problem.js';
import { openService, type Service } from '../http/service.js';

const CODES = Object.keys(ERRORS).filter(isErrorCode);
const PROBLEMS = CODES.filter((code): code is ProblemCode => code !== 'configuration');

const MAKE: Readonly<Record<ErrorClass, (code: ErrorCode) => LatchkeyError>> = {
  InvalidInputError: () => new InvalidInputError([{ pointer: '/a', message: 'b' }]),
  NotFoundError: () => new NotFoundError('key'),
  ConflictError: (code) => new ConflictError(code as ConflictReason, 'It conflicts.'),
  ForbiddenError: () => new ForbiddenError('No.', ['a:b']),
  RateLimitedError: () => new RateLimitedError('Wait.', 1_500),
  UnavailableError: () => new UnavailableError('store', { retryAfterMs: 2_500 }),
  TimedOutError: () => new TimedOutError({ limitMs: 5_000 }),
  ConfigurationError: () => new ConfigurationError(['pepper "a" is wrong']),
};

/** One error of each code that the library throws. */
const THROWN = CODES.map((code) => MAKE[ERRORS[code].class](code)).filter((error, index) => error.code === CODES[index]);

interface Problem {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What self-service answers when a call of the engine rejects. */
async function ownProblem(error: unknown, path = '/keys', init: RequestInit = {}): Promise<Problem> {
  const list: OwnKeys['list'] = async () => Promise.reject(error);
  const handler = createSelfServiceHandler({
    latchkey: { selfService: () => ({ for: () => ({ list }) }) as never },
    policy: { scopes: [] },
    authenticate: async ({ headers }) => (headers.has('authorization') ? null : { ownerId: 'ada', expiresAt: null }),
    basePath: '',
  });
  const response = await handler(new Request(`https://host.example${path}`, init));
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Problem['body'],
  };
}

function serviceProblem(error: unknown): Problem {
  const { status, headers, body } = errorProblem(error, 'request-1');
  const fields = Object.assign({}, ...headers) as Readonly<Record<string, string>>;
  return { status, retryAfter: fields['retry-after'] ?? null, body: JSON.parse(String(body)) as Problem['body'] };
}

describe('problems', () => {
  let service: Service;
  beforeAll(async () => {
    service = await openService();
  });
  afterAll(async () => service.close());

  it('the OpenAPI document: the enum of codes has every code of a problem, and no other', () => {
    expect(service.document.components.schemas['Problem']).toMatchObject({ properties: { code: { enum: PROBLEMS } } });
  });

  it('the OpenAPI document: every answer with a problem lists the codes of its status, and a conflict those of its call', () => {
    const answers = Object.values(service.document.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ responses }) => Object.entries(responses)),
    );
    const problems = answers.filter(([, { content }]) => content !== undefined && 'application/problem+json' in content);
    expect(problems.length).toBeGreaterThan(100);
    const conflicts = new Set<string>();
    for (const [status, answer] of problems) {
      const described = (answer as { readonly description?: string }).description ?? '';
      const codes = PROBLEMS.filter((code) => described.includes(`\`${code}\``));
      const ofStatus = PROBLEMS.filter((code) => ERRORS[code].status === Number(status));
      if (status === '409') for (const code of codes) conflicts.add(code);
      expect(status === '409' ? codes.filter((code) => !ofStatus.includes(code)) : codes, status).toEqual(status === '409' ? [] : ofStatus);
      expect(codes, status).not.toEqual([]);
    }
    // Each conflict is one of some call. Every answer in the tests of the service is held against those of its call.
    expect([...conflicts].toSorted()).toEqual(PROBLEMS.filter((code) => ERRORS[code].status === 409).toSorted());
  });

  it.each(PROBLEMS)('%s: the service answers the status and the title of the table', (code) => {
    const { status, body } = problem(code, { detail: 'a', requestId: 'b' });
    expect([status, JSON.parse(String(body))]).toMatchObject([
      ERRORS[code].status,
      { type: `urn:latchkey:problem:${code}`, code, status, title: ERRORS[code].title },
    ]);
  });

  it.each(THROWN.map((error) => [error.code, error] as const))(
    '%s: service and self-service answer an error alike',
    async (code, error) => {
      const own = await ownProblem(error);
      const { status, retryAfter, body } = serviceProblem(error);
      const said = code === 'configuration' ? 'internal' : code;
      expect(own).toMatchObject({ status, retryAfter, body: { code: said, title: ERRORS[said].title, status: ERRORS[said].status } });
      const { instance: _instance, requestId: _requestId, dependency, detail, ...shared } = body;
      expect(own.body).toMatchObject(shared);
      expect(own.body).not.toHaveProperty('dependency');
      expect(dependency).toBe(code === 'unavailable' ? 'store' : undefined);
      if (code === 'configuration') expect(JSON.stringify([own.body, detail])).not.toContain('pepper');
      else expect(own.body['detail']).toBe(detail);
    },
  );

  const headers = { 'content-type': 'application/json' };
  it.each<[ProblemCode, string, RequestInit]>([
    ['route_not_found', '/else', {}],
    ['method_not_allowed', '/keys', { method: 'DELETE' }],
    ['unsupported_media_type', '/keys', { method: 'POST' }],
    ['malformed_json', '/keys', { method: 'POST', body: '{', headers }],
    ['body_too_large', '/keys', { method: 'POST', body: `"${'x'.repeat(20_000)}"`, headers }],
    ['forbidden', '/keys', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['invalid', '/keys', { headers: { authorization: 'Bearer x' } }],
    ['internal', '/keys', {}],
  ])('%s: self-service answers its own problem as the service does', async (code, path, init) => {
    const { status, title } = ERRORS[code];
    expect(await ownProblem(new TypeError('of the host'), path, init)).toMatchObject({ status, body: { code, title, status } });
  });
});

describe('the command line and the table of errors', () => {
  const terminal = processTerminal(process);

  it.each(CODES)('%s: has an exit code that exists', (code) => {
    expect(Object.keys(EXIT)).toContain(EXITS[ERRORS[code].class]);
  });

  it.each(THROWN.map((error) => [error.code, error] as const))('%s: the command exits as the table says', (code, error) => {
    let exit: number | undefined;
    let noted = '';
    reportFailure(error, { ...terminal, note: (text) => void (noted = text), finish: (given) => void (exit = given) }, { json: true });
    expect(exit).toBe(EXIT[EXITS[ERRORS[code].class]]);
    expect(JSON.parse(noted)).toMatchObject({ code });
  });
});
