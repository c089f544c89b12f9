/** What a verification asks, checked and with its defaults. */
import { BOUNDS } from '../../domain/bounds.js';
import { checkInput } from '../../contract/read.js';
import { verifyRequest } from '../../contract/calls/verification.js';
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import { unknownName } from '../../domain/nearest-name.js';
import { isWithin, type OperatorBounds } from '../../domain/operator-bounds.js';
import { InvalidInputError, type InputIssue } from '../../domain/errors.js';
import { readAddress, type CallerAddress } from '../../domain/caller-address.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import { isKnownScope, isScope } from '../../domain/scopes.js';
import { whyNotResource } from '../../domain/text.js';
import { containsToken } from '../../domain/token.js';
import type { VerifyRequest } from '../../ports/verifier.js';
import type { CachedCredential } from '../cache/cached-credential.js';
import type { EngineSettings } from '../runtime/settings.js';

export interface ReadRequest {
  /** Null for any environment but `operator`. */
  readonly environment: string | null;
  readonly scopes: readonly string[] | undefined;
  readonly anyScope: readonly string[] | undefined;
  readonly ip: CallerAddress;
  readonly userAgent: string | undefined;
  readonly cost: number;
  readonly limits: readonly Limit[] | null;
  readonly resource: string | undefined;
  /** The bounds of the operator who asks; null where there is none. */
  readonly within: OperatorBounds | null;
}

/** Returns whether the key is outside the bounds of the operator who asks. */
export function isOutOfBounds({ owner, profile }: CachedCredential, { within }: ReadRequest): boolean {
  return within !== null && !isWithin(within, { owner, environment: profile.environment, tier: profile.tier });
}

/** Does not say which there are: a proxy may pass it on to anybody. */
const UNKNOWN_SCOPE = 'There is no such scope. Use one of the configured ones, or one of them with "*" in place of segments.';

/** Every field there is: a misspelt `scope` would otherwise ask for none. */
const FIELDS: Readonly<Record<keyof VerifyRequest, true>> = {
  environment: true,
  scopes: true,
  anyScope: true,
  ip: true,
  userAgent: true,
  cost: true,
  limits: true,
  resource: true,
  dryRun: true,
};

function notAnObject(): InvalidInputError {
  return new InvalidInputError([{ pointer: '', message: 'Use an object such as { scopes: ["articles:read"] }, or leave it out.' }]);
}

function unknownField(name: string): InvalidInputError {
  return new InvalidInputError([{ pointer: `/${name}`, message: unknownName('field', name, Object.keys(FIELDS)) }]);
}

/** User agents are kept no longer than this. */
const MAX_USER_AGENT = 256;

/** Reads requests; `environment` is the one for those that name none. Throws an InvalidInputError. */
export function createRequestReader({
  environment,
  scopes: known,
}: Pick<EngineSettings, 'environment' | 'scopes'>): (request: VerifyRequest | undefined) => ReadRequest {
  const plain: ReadRequest = Object.freeze({
    environment,
    scopes: undefined,
    anyScope: undefined,
    ip: undefined,
    userAgent: undefined,
    cost: 1,
    limits: null,
    resource: undefined,
    within: null,
  });
  // Middleware passes the same frozen array with every call: it is read once.
  const knownLimits = new WeakMap<readonly LimitInput[], readonly Limit[]>();
  const knownScopes = new WeakSet<readonly string[]>();
  const operatorScopes = new WeakSet<readonly string[]>();
  const listed = new Set(known);

  function limitsOf(inputs: readonly LimitInput[]): readonly Limit[] | null {
    if (!Array.isArray(inputs as unknown)) throw new InvalidInputError([{ pointer: '/limits', message: 'Use a list of limits.' }]);
    if (inputs.length === 0) return null;
    const known = knownLimits.get(inputs);
    if (known) return known;
    const result = parseLimits(inputs, '/limits');
    if ('issues' in result) throw new InvalidInputError(result.issues);
    if (Object.isFrozen(inputs) && inputs.every(Object.isFrozen)) knownLimits.set(inputs, result.limits);
    return result.limits;
  }

  function checkScopes(scopes: readonly string[], at: '/scopes' | '/anyScope', ofOperator: boolean): void {
    const checked = ofOperator ? operatorScopes : knownScopes;
    if (checked.has(scopes)) return;
    const given: unknown = scopes;
    if (!Array.isArray(given)) throw wrong(at, 'Use a list such as ["articles:read"].');
    const issues: InputIssue[] = [];
    if (scopes.length > BOUNDS.scopes) issues.push({ pointer: at, message: `Ask for at most ${BOUNDS.scopes} scopes.` });
    scopes.forEach((scope, index) => {
      if (typeof (scope as unknown) !== 'string' || !isScope(scope))
        issues.push({ pointer: `${at}/${index}`, message: 'Use resource:action, such as "articles:read".' });
      else if (known !== null && !ofOperator && !listed.has(scope) && !isKnownScope(known, scope))
        issues.push({ pointer: `${at}/${index}`, message: UNKNOWN_SCOPE });
    });
    if (issues.length > 0) throw new InvalidInputError(issues);
    checked.add(scopes);
  }

  function read(request: VerifyRequest): ReadRequest {
    if (typeof (request as unknown) !== 'object' || (request as unknown) === null || Array.isArray(request)) throw notAnObject();
    for (const name in request) if (!Object.hasOwn(FIELDS, name)) throw unknownField(name);
    const { cost = 1 } = request;
    if (!Number.isSafeInteger(cost) || cost < 0) {
      throw new InvalidInputError([{ pointer: '/cost', message: 'Use an integer of at least 0.' }]);
    }
    if (request.resource !== undefined) {
      const problem = whyNotResource(request.resource);
      if (problem !== null) throw new InvalidInputError([{ pointer: '/resource', message: problem }]);
    }
    assertTypes(request);
    const ofOperator = request.environment === OPERATOR_ENVIRONMENT;
    if (request.scopes !== undefined) checkScopes(request.scopes, '/scopes', ofOperator);
    if (request.anyScope !== undefined) {
      checkScopes(request.anyScope, '/anyScope', ofOperator);
      // A key holds none of no scopes, and a condition that was forgotten must not let every key pass.
      if (request.anyScope.length === 0) throw wrong('/anyScope', 'Name scopes of which the key must hold one, or leave it out.');
    }
    return {
      environment: request.environment ?? environment,
      scopes: request.scopes,
      anyScope: request.anyScope,
      ip: request.ip == null ? request.ip : addressOf(request.ip),
      userAgent: request.userAgent === undefined ? undefined : recordable(request.userAgent),
      cost,
      limits: request.limits === undefined ? null : limitsOf(request.limits),
      resource: request.resource,
      within: null,
    };
  }

  return (request) => {
    if (request === undefined) return plain;
    try {
      return read(request);
    } catch (error) {
      // In the words of the contract, which lists every problem; what the configuration alone forbids is named above.
      checkInput(verifyRequest, request);
      throw error;
    }
  };
}

/** Throws an InvalidInputError for a field of another type: a null that would count as absent would ask for less than it says. */
function assertTypes({ environment, userAgent, dryRun }: VerifyRequest): void {
  if (environment !== undefined && !isEnvironmentName(environment)) throw wrong('/environment', 'Use the name of an environment.');
  if (userAgent !== undefined && typeof userAgent !== 'string') throw wrong('/userAgent', 'Use text.');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw wrong('/dryRun', 'Use true or false.');
}

function isEnvironmentName(given: unknown): boolean {
  return typeof given === 'string' && given !== '' && given.length <= BOUNDS.environmentLength;
}

function wrong(pointer: string, message: string): InvalidInputError {
  return new InvalidInputError([{ pointer, message }]);
}

/** Reads an address. Throws an InvalidInputError: an asker that cannot read the caller's address gives null, and the caller is counted. */
function addressOf(ip: string): string {
  const given: unknown = ip;
  const address = typeof given === 'string' ? readAddress(given) : null;
  if (address !== null) return address;
  throw new InvalidInputError([
    { pointer: '/ip', message: 'Use an address, such as 203.0.113.7 or 2001:db8::7; null where it cannot be read.' },
  ]);
}

/** What is recorded of a user agent. One that carries a token is not: looked for before it is cut, not after. */
function recordable(userAgent: string): string | undefined {
  return containsToken(userAgent.slice(0, 2 * MAX_USER_AGENT)) ? undefined : userAgent.slice(0, MAX_USER_AGENT);
}
