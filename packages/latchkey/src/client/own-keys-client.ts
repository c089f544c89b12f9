/** Self-service over HTTP: the calls by which owners manage their own keys. */
import { ConfigurationError } from '../domain/errors.js';
import { optionProblems } from '../domain/unknown-options.js';
import { ADDRESSES, type Address } from '../contract/addresses.js';
import type { RemoteOptions } from '../contract/call-options.js';
import type { OwnKeyCalls } from '../contract/types/own-keys.js';
import type { Names } from '../domain/names.js';
import { callsOver } from './calls.js';
import { CONNECTION_OPTIONS, readOwnerConnection, type ConnectionOptions, type JwtSource } from './connection.js';
import { createTransport, type Transport } from './transport.js';

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
 * The calls by which owners manage their own keys. Every call rejects with an error of `domain/errors.ts`; a ForbiddenError that is
 * `unauthenticated` asks for signing in again.
 */
export type OwnKeysClient = Omit<OwnKeyCalls<Names, RemoteOptions>, 'account'>;

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
  const { account: _ofTheService, ...calls } = ownKeysOver(createTransport(connection), '');
  return calls;
}

const OPTIONS: Readonly<Record<keyof OwnKeysClientOptions, true>> = { ...CONNECTION_OPTIONS, jwt: true };

/** The calls, where self-service is at a path of its own. */
export function ownKeysOver(transport: Transport, prefix: '' | '/v1/me'): OwnKeyCalls<Names, RemoteOptions> {
  const addresses = Object.entries<Address>(ADDRESSES.ownKeys).map(([name, address]) => [
    name,
    { ...address, path: address.path.replace('/v1/me', prefix) },
  ]);
  return callsOver(transport, Object.fromEntries(addresses) as Readonly<Record<string, Address>>, { resource: 'key' });
}
