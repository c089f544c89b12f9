/** Reads the options of a guard once, when it is made: what is wrong must not wait for the first request. */
import { OPERATOR_ENVIRONMENT } from '../domain/actor.js';
import { BOUNDS } from '../domain/bounds.js';
import { ConfigurationError } from '../domain/errors.js';
import { parseLimits } from '../domain/limit-input.js';
import type { Limit } from '../domain/limit.js';
import { isKnownScope, isScope, knownScopesFormat, SCOPE_FORMAT } from '../domain/scopes.js';
import { whyNotResource } from '../domain/text.js';
import { isEnvironmentName } from '../domain/token.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { CredentialSources } from '../edge/index.js';
import type { GuardOptions } from './guard-options.js';
import { problemDetails } from './problem-details.js';
import { wallClock } from './wall-clock.js';

/** The options of a guard, checked, with their defaults, and frozen: an engine reads a frozen list of limits but once. */
export interface GuardSettings<Native> {
  readonly scopes: readonly string[];
  readonly anyScope: readonly string[] | undefined;
  readonly environment: string | undefined;
  readonly costOf: (request: Native) => number;
  readonly limits: readonly Limit[] | undefined;
  readonly resource: string | undefined;
  /** Whether the options say anything of the charge. */
  readonly statesCharge: boolean;
  readonly credentials: CredentialSources;
  readonly address: GuardOptions<Native>['address'];
  readonly realm: string | undefined;
  readonly preflight: 'pass' | 'answer' | 'check';
  readonly onUnavailable: 'deny' | 'allow';
  readonly problem: NonNullable<GuardOptions<Native>['problem']>;
  readonly now: () => number;
  readonly onFailure: GuardOptions<Native>['onFailure'];
}

type Report = (problem: string) => void;

/** Every option there is: a misspelt `scope` would otherwise ask for none. */
export const GUARD_OPTIONS: Readonly<Record<keyof GuardOptions<unknown>, true>> = {
  scopes: true,
  anyScope: true,
  environment: true,
  cost: true,
  limits: true,
  resource: true,
  credentials: true,
  address: true,
  realm: true,
  preflight: true,
  onUnavailable: true,
  problem: true,
  onFailure: true,
  now: true,
};

const CREDENTIALS: Readonly<Record<keyof CredentialSources, true>> = {
  authorization: true,
  headers: true,
  cookie: true,
  queryParameter: true,
  allowQuery: true,
};

const FUNCTIONS = ['address', 'problem', 'onFailure', 'now'] as const;

/** RFC 9110 section 5.6.2. */
const HTTP_TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** What RFC 6750 allows within quotes. */
const REALM = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/** `known`: the scopes that there are, null for any. Throws a ConfigurationError that lists every problem. */
export function readGuardOptions<Native>(options: GuardOptions<Native>, known: readonly string[] | null = null): GuardSettings<Native> {
  const problems: string[] = [];
  const report: Report = (problem) => problems.push(problem);
  refuseUnknown('', options, { known: GUARD_OPTIONS, report });
  if (Object.values(options).includes(null)) throw new ConfigurationError(problems);
  const scopes = readScopes('scopes', options.scopes ?? [], { known, report });
  const anyScope = options.anyScope === undefined ? undefined : readScopes('anyScope', options.anyScope, { known, report });
  if (anyScope?.length === 0 && anyScope !== NONE_READ)
    report('anyScope: use a list of at least one scope such as ["articles:read"], or leave it out.');
  const limits = options.limits === undefined ? undefined : readLimits(options.limits, report);
  const credentials = readSources(options.credentials ?? {}, report);
  checkWords(options, report);
  checkCharge(options, report);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { cost = 1, environment, resource, realm, address, onFailure } = options;
  return Object.freeze({
    scopes,
    anyScope,
    environment,
    costOf: typeof cost === 'function' ? cost : () => cost,
    limits,
    resource,
    statesCharge: options.cost !== undefined || limits !== undefined || resource !== undefined,
    credentials,
    address,
    realm,
    preflight: options.preflight ?? 'answer',
    onUnavailable: options.onUnavailable ?? 'deny',
    problem: options.problem ?? problemDetails,
    onFailure,
    now: options.now ?? wallClock,
  });
}

/** Refuses an option that does not exist, and a null, which must not count as a condition that nobody made. */
function refuseUnknown(at: string, given: object, { known, report }: { known: object; report: Report }): void {
  for (const problem of optionProblems(given, known, at)) report(problem);
  for (const [name, value] of Object.entries(given)) if (value === null) report(`${at}${name}: use a value, or leave it out.`);
}

interface KnownScopes {
  readonly known: readonly string[] | null;
  readonly report: Report;
}

function readScopes(name: 'scopes' | 'anyScope', scopes: readonly string[], { known, report }: KnownScopes): readonly string[] {
  const given: unknown = scopes;
  if (!Array.isArray(given)) {
    report(`${name}: use a list such as ["articles:read"].`);
    return NONE_READ;
  }
  if (scopes.length > BOUNDS.scopes) report(`${name}: use at most ${BOUNDS.scopes}.`);
  scopes.forEach((scope: unknown, index) => {
    if (typeof scope !== 'string' || !isScope(scope)) report(`${name}[${index}]: use ${SCOPE_FORMAT}.`);
    else if (known !== null && !isKnownScope(known, scope)) report(`${name}[${index}]: use ${knownScopesFormat(known)}.`);
  });
  return Object.freeze([...scopes]);
}

/** For what was reported as no list. */
const NONE_READ: readonly string[] = Object.freeze([]);

function readLimits(inputs: NonNullable<GuardOptions<unknown>['limits']>, report: Report): readonly Limit[] {
  const result = parseLimits(inputs, '/limits');
  if (result.ok) return result.limits;
  for (const { pointer, message } of result.issues) report(`${pointer.slice(1)}: ${message}`);
  return [];
}

function readSources(sources: CredentialSources, report: Report): CredentialSources {
  refuseUnknown('credentials.', sources, { known: CREDENTIALS, report });
  const { authorization, cookie, queryParameter, allowQuery } = sources;
  const headers = readHeaders(sources.headers, report);
  if (authorization !== undefined && typeof authorization !== 'boolean') report('credentials.authorization: use true or false.');
  if (cookie !== undefined && !HTTP_TOKEN.test(cookie)) report('credentials.cookie: use the name of a cookie.');
  if (queryParameter === '') report('credentials.queryParameter: use a name, or leave it out.');
  if (allowQuery !== undefined && typeof allowQuery !== 'boolean') report('credentials.allowQuery: use true or false.');
  if (authorization === false && headers?.length === 0 && cookie === undefined && allowQuery !== true)
    report('credentials: name a header or a cookie, or leave authorization true.');
  return Object.freeze({ authorization, headers, cookie, queryParameter, allowQuery });
}

/** Returns the names in lower case; undefined where none are stated, or what is stated is no list. */
function readHeaders(headers: CredentialSources['headers'], report: Report): readonly string[] | undefined {
  if (headers === undefined) return undefined;
  if (!Array.isArray(headers as unknown)) {
    report('credentials.headers: use a list such as ["x-api-key"].');
    return undefined;
  }
  for (const name of headers) {
    if (!HTTP_TOKEN.test(name)) report('credentials.headers: use names of headers, such as "x-api-key".');
    else if (/^(?:authorization|cookie)$/i.test(name)) report(`credentials.headers: ${name} is not a header that carries a bare token.`);
  }
  return Object.freeze(headers.map((name) => name.toLowerCase()));
}

function checkWords<Native>(options: GuardOptions<Native>, report: Report): void {
  const { environment, realm, preflight, onUnavailable } = options;
  if (environment === OPERATOR_ENVIRONMENT) report("environment: operator tokens open Latchkey's own API alone; use one of your keys.");
  else if (environment !== undefined && !isEnvironmentName(environment)) report('environment: use one of your keys, such as "live".');
  if (realm !== undefined && !REALM.test(realm)) report('realm: use printable ASCII without quotes and backslashes.');
  if (preflight !== undefined && !['pass', 'answer', 'check'].includes(preflight)) report('preflight: use "pass", "answer" or "check".');
  if (onUnavailable !== undefined && !['deny', 'allow'].includes(onUnavailable)) report('onUnavailable: use "deny" or "allow".');
  for (const name of FUNCTIONS) {
    if (options[name] !== undefined && typeof options[name] !== 'function') report(`${name}: use a function.`);
  }
}

function checkCharge<Native>({ cost, resource }: GuardOptions<Native>, report: Report): void {
  if (cost !== undefined && typeof cost !== 'function' && !(Number.isSafeInteger(cost) && cost >= 0)) {
    report('cost: use an integer of at least 0, or a function of the request that gives one.');
  }
  if (resource !== undefined && whyNotResource(resource) !== null) {
    report(`resource: use 1 to ${BOUNDS.resourceLength} characters, and no token.`);
  }
}
