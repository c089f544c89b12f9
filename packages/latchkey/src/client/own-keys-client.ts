/** Self-service over HTTP: the calls by which owners manage their own keys. */
import { ConfigurationError } from '../domain/errors.js';
import { optionProblems } from '../domain/unknown-options.js';
import type {
  ChangedOwnKey,
  CreateOwnKeyInput,
  ListOwnKeysQuery,
  OwnKeyPage,
  OwnKeyView,
  Propagation,
  UpdateOwnKeyInput,
  UsageReport,
  UsageRequest,
} from '../engine/api/index.js';
import type { IssueOptions, RequestOptions } from '../contract/call-options.js';
import { CONNECTION_OPTIONS, readOwnerConnection, type ConnectionOptions, type JwtSource } from './connection.js';
import type { Issued } from './issued.js';
import { createTransport, segment, type Transport } from './transport.js';

export interface OwnKeysClientOptions extends ConnectionOptions {
  /** Where self-service is: `<the service>/v1/me`, or where a host application has mounted its handler, such as `/api/me`. */
  readonly url: string;
  /**
   * How the owner signs in: a JWT, or a function that gives a fresh one for each call, since JWTs expire. Left out where the
   * host's own session, in a cookie, says who asks: then `credentials` is stated.
   */
  readonly jwt?: JwtSource | undefined;
}

/**
 * What owners may do with keys of their own, as `OwnKeys` of the engine, with the token in clear text where one is made. Every
 * call rejects with an error of `domain/errors.ts`; a ForbiddenError that is `unauthenticated` asks for signing in again.
 */
export interface OwnKeysClient {
  list(query?: ListOwnKeysQuery, options?: RequestOptions): Promise<OwnKeyPage>;
  get(id: string, options?: RequestOptions): Promise<OwnKeyView>;
  create(input: CreateOwnKeyInput, options?: IssueOptions): Promise<IssuedOwnKey>;
  update(id: string, patch: UpdateOwnKeyInput, options?: RequestOptions): Promise<ChangedOwnKey>;
  rotate(id: string, input?: { readonly grace?: string | number | undefined }, options?: IssueOptions): Promise<ReissuedOwnKey>;
  /** Ends an old token at once, which a rotation left valid. */
  retireSecret(id: string, secretId: string, options?: RequestOptions): Promise<ChangedOwnKey>;
  revoke(id: string, input?: { readonly reason?: string | null | undefined }, options?: RequestOptions): Promise<ChangedOwnKey>;
  /** Of one key, or of all. */
  usage(query?: Omit<UsageRequest, 'owner' | 'tier'>, options?: RequestOptions): Promise<UsageReport>;
}

/** A key of one's own with its token in clear text: the one time that it is shown. */
export type IssuedOwnKey = Issued<OwnKeyView>;

/** The same, with how far the end of the old token has reached. */
export interface ReissuedOwnKey extends IssuedOwnKey {
  readonly propagation: Propagation;
}

/**
 * A client of self-service, in the name of the owner that the JWT or the session says. Nothing is sent until the first call.
 * Throws a ConfigurationError that lists every problem where the options cannot work.
 *
 * @example
 * const keys = createOwnKeysClient({ url: 'https://keys.example/v1/me', jwt: () => session.freshJwt() });
 * const { key, token } = await keys.create({ name: 'CI', scopes: ['articles:read'] });
 */
export function createOwnKeysClient(options: OwnKeysClientOptions): OwnKeysClient {
  const problems = optionProblems(options, OPTIONS);
  const connection = readOwnerConnection(options, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return ownKeysOver(createTransport(connection), '');
}

const OPTIONS: Readonly<Record<keyof OwnKeysClientOptions, true>> = { ...CONNECTION_OPTIONS, jwt: true };

/** The calls, where self-service is at a path of its own. */
export function ownKeysOver({ ask, issue }: Transport, prefix: '' | '/v1/me'): OwnKeysClient {
  const at = (id: string, verb = '') => ({ path: `${prefix}/keys/${segment(id)}${verb}`, resource: 'key' }) as const;
  return {
    list: async (query, call) => ask({ ...call, method: 'GET', path: `${prefix}/keys`, query }),
    get: async (id, call) => ask({ ...call, ...at(id), method: 'GET' }),
    create: async (input, call) => issue({ ...call, method: 'POST', path: `${prefix}/keys`, body: input }),
    update: async (id, patch, call) => ask({ ...call, ...at(id), method: 'PATCH', body: patch }),
    rotate: async (id, input = {}, call = {}) => issue({ ...call, ...at(id, '/rotate'), method: 'POST', body: input }),
    retireSecret: async (id, secretId, call) =>
      ask({ ...call, ...at(id, `/secrets/${segment(secretId)}/retire`), resource: 'secret', method: 'POST', body: {} }),
    revoke: async (id, input = {}, call = {}) => ask({ ...call, ...at(id, '/revoke'), method: 'POST', body: input }),
    usage: async (query, call) => ask({ ...call, method: 'GET', path: `${prefix}/usage`, query }),
  };
}
