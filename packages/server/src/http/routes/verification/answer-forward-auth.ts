/**
 * The question of a proxy: may this request pass, and whose is it? Framework-free, and never reads a body.
 *
 * What is asked stands in the query of the proxy's own configuration (`/v1/forward-auth?scope=articles:read`). Of
 * a path below it, as Envoy appends, the query is the caller's and sets nothing: else `?cost=0` would be free.
 */
import { BOUNDS, InvalidInputError, isScope, OPERATOR_ENVIRONMENT, type InputIssue, type VerifyRequest } from 'latchkey';
import {
  credentialRefusal,
  identityHeaders,
  publicRefusal,
  type PublicRefusal,
  queryOf,
  rateLimitHeaders,
  readCredential,
  requiredScopes,
} from 'latchkey/edge';
import { unknownName } from 'latchkey/internal';
import type { Services } from '../../endpoints/services.js';
import { NO_STORE, type Answer, type HeaderFields } from '../../exchange/answer.js';
import type { Exchange } from '../../exchange/exchange.js';
import { refusalProblem } from '../../exchange/problem.js';
import { rememberByKey } from '../../endpoints/remember-by-key.js';

export type ForwardAuthRequest = Omit<Exchange, 'method' | 'readBytes'>;

/** What the proxy asks for, as its configuration says. */
export interface ForwardAuthSettings {
  readonly scopes: readonly string[];
  readonly anyScope: readonly string[] | undefined;
  readonly environment: string | undefined;
  readonly cost: number | undefined;
  /** `nginx` knows 401 and 403 alone: a 429 is told as 403, with `X-Latchkey-Status: 429`. */
  readonly mode: 'standard' | 'nginx';
  /** The original request's target, where the proxy appends it: what follows `uri=`, to the very end. */
  readonly uri: string | undefined;
}

export const NO_SETTINGS: ForwardAuthSettings = {
  scopes: [],
  anyScope: undefined,
  environment: undefined,
  cost: undefined,
  mode: 'standard',
  uri: undefined,
};

/** Where proxies say what the original request asked for. Looked at for a key in its query, and for nothing else. */
const ORIGINAL_URI_HEADERS = ['x-forwarded-uri', 'x-original-uri', 'x-original-url'] as const;

/** Without a stated length, node would send the body that there is none of in chunks. */
const NO_BODY: HeaderFields = { 'content-length': '0' };

const identityOf = rememberByKey(identityHeaders);

/** 200 with every identity header, or the public form of the refusal. */
export async function forwardAuth(services: Services, exchange: ForwardAuthRequest, settings: ForwardAuthSettings): Promise<Answer> {
  const reading = readCredential(
    { headerValues: exchange.headerValues, queries: queriesOf(exchange, settings) },
    { allowQuery: services.allowQueryKey },
  );
  if (reading.kind !== 'token') return refuse(credentialRefusal(reading), exchange, { settings, headers: {} });

  const { scopes, anyScope, environment, cost } = settings;
  const userAgent = exchange.headerValues('user-agent')[0];
  const request: VerifyRequest = { scopes, anyScope, environment, cost, ip: exchange.address, userAgent };
  const verdict = await services.latchkey.verify(reading.token, request);
  exchange.keyId = verdict.key?.id ?? null;
  const limits = rateLimitHeaders(verdict, services.clock.now());
  if (verdict.valid) return { status: 200, headers: [NO_STORE, NO_BODY, identityOf(verdict.key), limits], body: null };
  const headers = verdict.code === 'unavailable' ? { 'Retry-After': '1', ...limits } : limits;
  return refuse(publicRefusal(verdict, { requiredScopes: requiredScopes(settings) }), exchange, { settings, headers });
}

/** Where a key could be that does not belong there: in the query of this request, or of the original one. */
function queriesOf({ query, headerValues }: ForwardAuthRequest, { uri }: ForwardAuthSettings): readonly string[] {
  const queries = [query];
  for (const name of ORIGINAL_URI_HEADERS) for (const target of headerValues(name)) queries.push(queryOf(target));
  if (uri !== undefined) queries.push(queryOf(uri));
  return queries;
}

const SCOPE_SETTINGS: readonly string[] = ['scope', 'anyScope'];
const SETTINGS: readonly string[] = [...SCOPE_SETTINGS, 'environment', 'cost', 'mode'];

/** Throws an InvalidInputError where a query that sets nothing has the name of a setting. */
export function refuseSettings(query: string): void {
  const names = new URLSearchParams(query);
  const message = 'Leave out the slash before the "?": below /v1/forward-auth/ the query belongs to the caller and sets nothing.';
  const issues = SETTINGS.filter((name) => names.has(name)).map((name) => ({ pointer: `/${name}`, message }));
  if (issues.length > 0) throw new InvalidInputError(issues);
}

/** Reads the settings of a query. Throws an InvalidInputError: a proxy that asks amiss must not let anybody pass. */
export function readForwardAuthSettings(query: string): ForwardAuthSettings {
  const { settings, uri } = splitQuery(query);
  const issues: InputIssue[] = [];
  const parameters = new URLSearchParams(settings);
  for (const name of new Set(parameters.keys())) {
    // What a key in the query means is settled with the other credentials.
    if (name === 'api_key') continue;
    if (!SETTINGS.includes(name)) issues.push({ pointer: `/${name}`, message: unknownName('field', name, SETTINGS) });
    else if (!SCOPE_SETTINGS.includes(name) && parameters.getAll(name).length > 1)
      issues.push({ pointer: `/${name}`, message: 'Give this query parameter once.' });
  }
  const environment = parameters.get('environment') ?? undefined;
  if (environment === '' || environment === OPERATOR_ENVIRONMENT || (environment?.length ?? 0) > BOUNDS.environmentLength) {
    issues.push({ pointer: '/environment', message: "Use an environment of your keys; operator tokens open Latchkey's own API alone." });
  }
  const cost = parameters.get('cost') ?? undefined;
  if (cost !== undefined && !/^\d{1,15}$/.test(cost)) issues.push({ pointer: '/cost', message: 'Use a whole number of at least 0.' });
  const mode = parameters.get('mode') ?? 'standard';
  if (mode !== 'standard' && mode !== 'nginx') issues.push({ pointer: '/mode', message: 'Use "nginx", or leave it out.' });
  const scopes = scopesOf('scope', parameters, issues);
  const anyScope = parameters.has('anyScope') ? scopesOf('anyScope', parameters, issues) : undefined;
  if (issues.length > 0 || (mode !== 'standard' && mode !== 'nginx')) throw new InvalidInputError(issues);
  return { scopes, anyScope, environment, cost: cost === undefined ? undefined : Number(cost), mode, uri };
}

function scopesOf(name: string, parameters: URLSearchParams, issues: InputIssue[]): readonly string[] {
  const values = parameters.getAll(name);
  const scopes = values.flatMap((value) => value.split(' ').filter((scope) => scope !== ''));
  // An empty parameter is a variable that was not set, not the wish that every key may pass.
  if (values.some((value) => value.trim() === '') || !scopes.every(isScope)) {
    issues.push({ pointer: `/${name}`, message: 'Name a scope, such as articles:read, or leave the parameter out.' });
  }
  return Object.freeze(scopes);
}

/** The original target is not encoded: everything after `uri=` belongs to it, ampersands too, so that it can set nothing. */
function splitQuery(query: string): { readonly settings: string; readonly uri: string | undefined } {
  const start = query.startsWith('uri=') ? 0 : query.indexOf('&uri=') + 1;
  if (start === 0 && !query.startsWith('uri=')) return { settings: query, uri: undefined };
  return { settings: query.slice(0, Math.max(0, start - 1)), uri: query.slice(start + 'uri='.length) };
}

interface RefusalCircumstances {
  readonly settings: ForwardAuthSettings;
  readonly headers: HeaderFields;
}

function refuse(refusal: PublicRefusal, { requestId }: ForwardAuthRequest, { settings, headers }: RefusalCircumstances): Answer {
  if (settings.mode === 'standard') return refusalProblem(refusal, { requestId, headers });
  return refusalProblem(refusal, {
    requestId,
    status: refusal.status === 429 ? 403 : refusal.status,
    headers: { ...headers, 'X-Latchkey-Status': String(refusal.status) },
  });
}
