import { ConfigurationError, InvalidInputError } from '../domain/errors.js';
import type { IfMatch } from '../contract/call-options.js';
import { fetchHeaderValues, ifMatchOption, readIdempotencyKey, refuseIfMatch, type HeaderValues } from '../edge/index.js';
import type { Names } from '../domain/names.js';
import { optionProblems } from '../domain/unknown-options.js';
import type {
  ChangedOwnKey,
  CreatedOwnKey,
  CreateOwnKeyInput,
  Latchkey,
  OwnCallContext,
  OwnKeys,
  OwnKeyView,
  Principal,
  Repeatable,
  SelfServicePolicy,
} from '../engine/api/index.js';
import { emptyResponse, errorResponse, jsonResponse, problemResponse, unauthenticated } from './problem-response.js';
import { readBody, readCallQuery, refuseForeign } from './read-request.js';

export interface SelfServiceHandlerOptions<N extends Names = Names> {
  readonly latchkey: Pick<Latchkey<N>, 'selfService'>;
  readonly policy: SelfServicePolicy<N>;
  /** Who asks, by the host's own session or JWT; null for nobody, who is answered 401. What it rejects with is a 500, or a 503 for an UnavailableError. */
  readonly authenticate: (request: Request) => Promise<Principal | null>;
  /** Where the handler is mounted, such as `/api/me`: it answers `<basePath>/keys`, `<basePath>/usage` and what lies beneath. */
  readonly basePath: string;
  /** The caller's address, for the log of changes; by default none. */
  readonly address?: ((request: Request) => string | undefined) | undefined;
  /** Told of every error that was not the caller's: the caller is told nothing of it. */
  readonly onFailure?: ((error: unknown, request: Request) => void) | undefined;
}

/** Never rejects. */
export type SelfServiceHandler = (request: Request) => Promise<Response>;

/**
 * A fetch handler by which owners list, create, rename, rotate and revoke their own keys and see their usage. Throws a
 * ConfigurationError for a policy or a path that cannot work.
 *
 * @example
 * const handler = createSelfServiceHandler({
 *   latchkey, basePath: '/api/me', policy: { scopes: ['articles:read'] },
 *   authenticate: async (request) => sessionOf(request),
 * });
 */
export function createSelfServiceHandler<N extends Names>(options: SelfServiceHandlerOptions<N>): SelfServiceHandler {
  assertOptions(options);
  const { latchkey, policy, authenticate, basePath, address, onFailure } = options;
  const selfService = latchkey.selfService(policy);
  return async (request) => {
    try {
      const foreign = refuseForeign(request);
      if (foreign !== null) return foreign;
      const url = new URL(request.url);
      const route = findRoute(url.pathname, basePath);
      if (route === null) return noRoute();
      const run = route.methods[request.method];
      if (run === undefined) return otherMethod(Object.keys(route.methods));
      const principal = await authenticate(request);
      if (principal === null) return unauthenticated(request);
      const body = await readBody(request);
      if ('refused' in body) return body.refused;
      const headerValues = fetchHeaderValues(request);
      const context = { address: address?.(request), ...conditionOf(route.methods, { method: request.method, headerValues }) };
      const issuing = { ...context, idempotencyKey: readIdempotencyKey(headerValues) };
      const path = `${basePath}/keys`;
      return await run({
        keys: selfService.for(principal),
        ...route,
        query: () => readCallQuery(url),
        body: body.value,
        context,
        issuing,
        path,
      });
    } catch (error) {
      const response = errorResponse(error);
      if (response.status >= 500) onFailure?.(error, request);
      return response;
    }
  };
}

const OPTIONS: Readonly<Record<keyof SelfServiceHandlerOptions, true>> = {
  latchkey: true,
  policy: true,
  authenticate: true,
  basePath: true,
  address: true,
  onFailure: true,
};

function assertOptions<N extends Names>(options: SelfServiceHandlerOptions<N>): void {
  const problems = optionProblems(options, OPTIONS);
  const { authenticate, basePath, address, onFailure } = options;
  if (typeof authenticate !== 'function') problems.push('authenticate: use a function that says who asks, or null for nobody.');
  if (!/^(?:\/[\w.~-]+)*$/.test(basePath)) problems.push('basePath: use a path such as "/api/me", without a slash at its end.');
  if (address !== undefined && typeof address !== 'function') problems.push('address: use a function.');
  if (onFailure !== undefined && typeof onFailure !== 'function') problems.push('onFailure: use a function.');
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** A call that compares no version refuses a condition. */
function conditionOf(methods: Methods, { method, headerValues }: { method: string; headerValues: HeaderValues }): IfMatch {
  const isRead = method === 'GET';
  if (methods === COLLECTION && !isRead) refuseIfMatch(headerValues);
  return isRead || methods === COLLECTION ? {} : ifMatchOption(headerValues);
}

interface Call {
  readonly keys: OwnKeys;
  readonly id: string;
  readonly secretId: string;
  /** Unjudged, like `body`: the engine refuses by name what it does not know, and says what would be right of the rest. */
  readonly query: () => object;
  readonly body: object;
  readonly context: OwnCallContext & IfMatch;
  /** The same, with the idempotency key. */
  readonly issuing: OwnCallContext & IfMatch;
  readonly path: string;
}

type Methods = Readonly<Record<string, (call: Call) => Promise<Response>>>;

const COLLECTION: Methods = {
  GET: async ({ keys, query }) => jsonResponse(200, await keys.list(query())),
  POST: async ({ keys, body, issuing, path }) => {
    const created = await keys.create(body as CreateOwnKeyInput, issuing);
    return issued(201, created, { location: `${path}/${encodeURIComponent(created.key.id)}` });
  },
};

const MEMBER: Methods = {
  async GET({ keys, id }) {
    const key = await keys.get(id);
    return jsonResponse(200, key, tagOf(key));
  },
  PATCH: async ({ keys, id, body, context }) => changed(await keys.update(id, body, context)),
  DELETE: async ({ keys, id, context }) => {
    await keys.revoke(id, {}, context);
    return emptyResponse(204);
  },
};

const ROTATE: Methods = { POST: async ({ keys, id, body, issuing }) => issued(200, await keys.rotate(id, body, issuing)) };
const REVOKE: Methods = { POST: async ({ keys, id, body, context }) => changed(await keys.revoke(id, body, context)) };
const RETIRE: Methods = {
  async POST({ keys, id, secretId, body, context }) {
    if (Object.keys(body).length > 0) throw new InvalidInputError([{ pointer: '', message: 'This call takes no fields. Send {}.' }]);
    return changed(await keys.retireSecret(id, secretId, context));
  },
};
const USAGE: Methods = { GET: async ({ keys, query }) => jsonResponse(200, await keys.usage(query())) };

interface Route {
  readonly methods: Methods;
  readonly id: string;
  readonly secretId: string;
}

/** Under the base path. No id has a character that a URL would write otherwise. */
const ROUTES: readonly (readonly [path: RegExp, methods: Methods])[] = [
  [/^usage$/, USAGE],
  [/^keys$/, COLLECTION],
  [/^keys\/([^/]+)$/, MEMBER],
  [/^keys\/([^/]+)\/rotate$/, ROTATE],
  [/^keys\/([^/]+)\/revoke$/, REVOKE],
  [/^keys\/([^/]+)\/secrets\/([^/]+)\/retire$/, RETIRE],
];

function findRoute(pathname: string, basePath: string): Route | null {
  if (!pathname.startsWith(`${basePath}/`)) return null;
  const path = pathname.slice(basePath.length + 1);
  for (const [pattern, methods] of ROUTES) {
    const match = pattern.exec(path);
    if (match !== null) return { methods, id: match[1] ?? '', secretId: match[2] ?? '' };
  }
  return null;
}

function changed(answer: ChangedOwnKey): Response {
  return jsonResponse(200, answer, tagOf(answer.key));
}

/** The version of the key, as `If-Match` names it. */
function tagOf({ version }: OwnKeyView): Readonly<Record<string, string>> {
  return { etag: `"${version}"` };
}

/** The one answer in which a token stands in clear text. */
function issued(
  status: number,
  { token, replayed, ...shown }: Repeatable<CreatedOwnKey>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { ...shown, token: token?.reveal() ?? null, ...(token === null && { tokenAlreadyShown: true }) };
  return jsonResponse(status, body, { ...headers, ...tagOf(shown.key), ...(replayed && { 'idempotency-replayed': 'true' }) });
}

function noRoute(): Response {
  return problemResponse('route_not_found', { detail: 'Route not found.' });
}

function otherMethod(methods: readonly string[]): Response {
  const allow = methods.join(', ');
  return problemResponse('method_not_allowed', { detail: `This route has ${allow}.`, headers: { allow } });
}
