/** What a verification asks, checked and with its defaults. */
import { OPERATOR_ENVIRONMENT } from '../domain/actor.js';
import { InvalidInputError, type InputIssue } from '../domain/errors.js';
import { parseLimits } from '../domain/limit-input.js';
import type { Limit, LimitInput } from '../domain/limit.js';
import { isKnownScope, isScope } from '../domain/scopes.js';
import { containsToken } from '../domain/token.js';
import type { VerifyRequest } from '../ports/verifier.js';
import type { EngineSettings } from './settings.js';

export interface ReadRequest {
  /** Null for any environment but `operator`. */
  readonly environment: string | null;
  readonly scopes: readonly string[] | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly cost: number;
  readonly limits: readonly Limit[] | null;
  readonly resource: string | undefined;
}

/** Does not say which there are: a proxy may pass it on to anybody. */
const UNKNOWN_SCOPE = 'There is no such scope. Use one of the configured ones, or one of them with "*" in place of segments.';

/** User agents are kept no longer than this. */
const MAX_USER_AGENT = 256;
const MAX_RESOURCE = 128;
/** No address is longer as text: what is has not come from a socket, and is not recorded as one. */
const MAX_ADDRESS = 45;

/** Reads requests; `environment` is the one for those that name none. Throws an InvalidInputError. */
export function createRequestReader({
  environment,
  scopes: known,
}: Pick<EngineSettings, 'environment' | 'scopes'>): (request: VerifyRequest | undefined) => ReadRequest {
  const plain: ReadRequest = Object.freeze({
    environment,
    scopes: undefined,
    ip: undefined,
    userAgent: undefined,
    cost: 1,
    limits: null,
    resource: undefined,
  });
  // Middleware passes the same frozen array with every call: it is read once.
  const knownLimits = new WeakMap<readonly LimitInput[], readonly Limit[]>();
  const knownScopes = new WeakSet<readonly string[]>();
  const operatorScopes = new WeakSet<readonly string[]>();
  const listed = new Set(known);

  function limitsOf(inputs: readonly LimitInput[]): readonly Limit[] | null {
    if (inputs.length === 0) return null;
    const known = knownLimits.get(inputs);
    if (known) return known;
    const result = parseLimits(inputs, '/limits');
    if ('issues' in result) throw new InvalidInputError(result.issues);
    if (Object.isFrozen(inputs) && inputs.every(Object.isFrozen)) knownLimits.set(inputs, result.limits);
    return result.limits;
  }

  function checkScopes(scopes: readonly string[], ofOperator: boolean): void {
    const checked = ofOperator ? operatorScopes : knownScopes;
    if (checked.has(scopes)) return;
    const issues: InputIssue[] = [];
    scopes.forEach((scope, index) => {
      if (!isScope(scope)) issues.push({ pointer: `/scopes/${index}`, message: 'Use resource:action, such as "articles:read".' });
      else if (known !== null && !ofOperator && !listed.has(scope) && !isKnownScope(known, scope))
        issues.push({ pointer: `/scopes/${index}`, message: UNKNOWN_SCOPE });
    });
    if (issues.length > 0) throw new InvalidInputError(issues);
    checked.add(scopes);
  }

  return (request) => {
    if (request === undefined) return plain;
    const cost = request.cost ?? 1;
    if (!Number.isSafeInteger(cost) || cost < 0) {
      throw new InvalidInputError([{ pointer: '/cost', message: 'Use an integer of at least 0.' }]);
    }
    if (request.resource !== undefined && (request.resource.length === 0 || request.resource.length > MAX_RESOURCE)) {
      throw new InvalidInputError([{ pointer: '/resource', message: `Use 1 to ${MAX_RESOURCE} characters.` }]);
    }
    if (request.resource !== undefined && containsToken(request.resource)) {
      throw new InvalidInputError([{ pointer: '/resource', message: 'Leave the token out: name what is asked for.' }]);
    }
    if (request.scopes !== undefined) checkScopes(request.scopes, request.environment === OPERATOR_ENVIRONMENT);
    return {
      environment: request.environment ?? environment,
      scopes: request.scopes,
      ip: request.ip !== undefined && request.ip.length > MAX_ADDRESS ? undefined : request.ip,
      userAgent: request.userAgent === undefined ? undefined : recordable(request.userAgent),
      cost,
      limits: request.limits === undefined ? null : limitsOf(request.limits),
      resource: request.resource,
    };
  };
}

/** What is recorded of a user agent. One that carries a token is not: looked for before it is cut, not after. */
function recordable(userAgent: string): string | undefined {
  return containsToken(userAgent.slice(0, 2 * MAX_USER_AGENT)) ? undefined : userAgent.slice(0, MAX_USER_AGENT);
}
