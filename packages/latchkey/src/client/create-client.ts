/** The calls, each as one request. */
import { BOUNDS } from '../domain/bounds.js';
import { ADDRESSES, KEY_SEARCH } from '../contract/addresses.js';
import type { RemoteOptions } from '../contract/call-options.js';
import type { EventCalls, ListEventsQuery, VerifyEventsQuery } from '../contract/types/events.js';
import type { KeyCalls } from '../contract/types/keys.js';
import type { OwnerCalls } from '../contract/types/owners.js';
import type { ServiceCalls } from '../contract/types/service.js';
import { ConfigurationError, InvalidInputError } from '../domain/errors.js';
import type { LogHead } from '../domain/event.js';
import type { Names, NamesGiven, WithWildcards } from '../domain/names.js';
import { unknownName } from '../domain/nearest-name.js';
import { resemblesToken, type Token } from '../domain/token.js';
import { optionProblems } from '../domain/unknown-options.js';
import { withWalk } from '../domain/utilities/walk-pages.js';
import type { BatchQuestion, Client, ClientEvents } from './client.js';
import { callsOver, objectOf, readOptions } from './calls.js';
import { CONNECTION_OPTIONS, readOperatorConnection, type ConnectionOptions, type OperatorCredentials } from './connection.js';
import type { Issued } from './issued.js';
import { createMe, createPortal, createClientSessions } from './create-sessions.js';
import { createTransport, type Call, type Transport } from './transport.js';
import { createVerdictCache, readCacheOptions, type CacheOptions, type Question, type VerdictCache } from './verdict-cache.js';
import { MISSING_TOKEN, readVerdict, readVerdicts } from './wire-verdict.js';

export interface ClientOptions extends ConnectionOptions, OperatorCredentials {
  /**
   * Repeats verdicts for a short while without asking the service. By default none is: then a revocation holds from the moment it
   * is answered. With a cache it may take up to `ttlMs` until this client knows of a revocation, or of any other change, that was
   * made elsewhere; only a change that is made through this client holds at once, and an expiry at its instant by this machine's
   * clock. A verdict that was repeated says so (`cachedForMs`), and usage and last use do not count it.
   *
   * Whatever is counted always goes to the service: a key with limits or credits, a question with a cost, limits or `dryRun`.
   */
  readonly cache?: CacheOptions | undefined;
}

/**
 * A client of the service at `options.url`. Nothing is sent until the first call. Throws a ConfigurationError that lists
 * every problem where the options cannot work: one of `adminKey`, `token` and `credentials` is needed.
 *
 * Connections are kept and used again as `fetch` does it.
 *
 * Which names there are, only the service knows: state them, and the calls are checked by them.
 *
 * @example
 * const latchkey = createClient<{ tier: 'free' | 'pro'; scope: 'articles:read' }>({ url, adminKey });
 */
export function createClient<Given extends Partial<Names> = Names>(
  options: ClientOptions,
): Client<{
  readonly tier: NamesGiven<Given, 'tier'>;
  readonly scope: WithWildcards<NamesGiven<Given, 'scope'>>;
  readonly environment: NamesGiven<Given, 'environment'>;
}> {
  const problems = optionProblems(options, OPTIONS);
  const connection = readOperatorConnection(options, problems);
  const cacheSettings = options.cache === undefined ? null : readCacheOptions(options.cache, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const plain = createTransport(connection);
  const cache = cacheSettings === null ? null : createVerdictCache(cacheSettings);
  const transport = cache === null ? plain : forgetting(plain, cache);
  return {
    async verify(token, request = {}, options = {}) {
      objectOf(request);
      const { signal } = readOptions(options, {});
      if (isNone(token) && request.dryRun !== true) return MISSING_TOKEN;
      const body = questionOf({ ...request, token });
      // An explanation charges and records nothing.
      const safe = request.dryRun === true;
      const ask = async () => readVerdict(await plain.ask({ method: 'POST', path: VERIFY, body, signal, safe }));
      return cache === null ? ask() : cache.answer(body, ask);
    },
    async verifyBatch(questions, options = {}) {
      const { signal } = readOptions(options, {});
      if (questions.length === 0) return [];
      const body = { requests: questions.map(questionOf) };
      const answer = await plain.ask({ method: 'POST', path: VERIFY_BATCH, body, signal });
      return readVerdicts(answer, questions.length);
    },
    keys: createKeys(transport),
    owners: withWalk(callsOver<Omit<OwnerCalls<RemoteOptions>, 'walk'>>(transport, ADDRESSES.owners, { resource: 'owner' })),
    tiers: callsOver(transport, ADDRESSES.tiers, { resource: 'tier' }),
    events: createEvents(transport),
    usage: callsOver(transport, ADDRESSES.usage, { resource: 'key' }),
    ...callsOver<ServiceCalls<RemoteOptions>>(transport, ADDRESSES.service, { resource: 'key' }),
    sessions: createClientSessions(transport),
    portal: createPortal(transport),
    me: createMe(transport),
    ready: async (options = {}) => {
      await transport.ask({ ...readOptions(options, {}), method: 'GET', path: '/readyz' });
    },
  };
}

const { path: VERIFY } = ADDRESSES.verification.verify;
const { path: VERIFY_BATCH } = ADDRESSES.verification.verifyBatch;

const OPTIONS: Readonly<Record<keyof ClientOptions, true>> = { ...CONNECTION_OPTIONS, adminKey: true, token: true, cache: true };

/** After every change, whatever came of it, nothing that was asked before it is repeated. */
function forgetting({ ask, issue, urlOf }: Transport, cache: VerdictCache): Transport {
  const after = async <Answer>(change: Promise<Answer>): Promise<Answer> => change.finally(() => cache.forget());
  return {
    ask: async <Answer>(call: Call) => (call.method === 'GET' ? ask<Answer>(call) : after(ask<Answer>(call))),
    issue: async <Answer extends Issued<unknown>>(call: Call) => after(issue<Answer>(call)),
    urlOf,
  };
}

function isNone(token: BatchQuestion['token']): token is null | undefined | '' {
  return token === null || token === undefined || token === '';
}

/** Of what is longer than any token so much is sent as shows that it is: whatever was presented, there is a verdict on it. */
function questionOf({ token, ...request }: BatchQuestion): Question {
  return { ...request, token: textOf(token).slice(0, BOUNDS.tokenLength + 1) };
}

function textOf(token: string | Token | null | undefined): string {
  if (isNone(token)) return '';
  return typeof token === 'string' ? token : token.reveal();
}

/** URLs end up in logs and histories: a token that is searched for travels in the body. */
function createKeys<N extends Names>(transport: Transport): KeyCalls<N, RemoteOptions> {
  const calls = callsOver<Omit<KeyCalls<N, RemoteOptions>, 'walk'>>(transport, ADDRESSES.keys, { resource: 'key' });
  const { search } = callsOver<{ search: KeyCalls<N, RemoteOptions>['list'] }>(transport, { search: KEY_SEARCH }, { resource: 'key' });
  const list: KeyCalls<N, RemoteOptions>['list'] = async (query, options) =>
    (resemblesToken(query?.search ?? '') ? search : calls.list)(query, options);
  return withWalk({ ...calls, list });
}

function createEvents(transport: Transport): ClientEvents {
  const calls = callsOver<EventCalls<RemoteOptions>>(transport, ADDRESSES.events, {
    resource: 'event',
    calls: { verify: { inputOf: checkQuery, patienceMs: CHECK_MS } },
  });
  const walk: ClientEvents['walk'] = (filters, options) =>
    withWalk({ list: async (query?: ListEventsQuery) => calls.list(query, options) }).walk({ limit: 100, ...filters, order: 'oldest' });
  return { ...calls, walk, exportUrl: (format, query) => transport.urlOf('/v1/events/export', { ...query, format }) };
}

/** A million entries take about ten seconds. For longer than this, Node's own `fetch` waits for no answer. */
const CHECK_MS = 5 * 60_000;

/** A query has no objects. Throws an InvalidInputError for what it could not carry: it must not ask for less than it says. */
function checkQuery(query: VerifyEventsQuery): object {
  refuseUnknown(query, ['expect', 'after', 'limit'], '');
  const { expect, after, limit } = query;
  const [seq, hash] = headOf(expect, '/expect');
  const [afterSeq, afterHash] = headOf(after, '/after');
  return { seq, hash, afterSeq, afterHash, limit };
}

function headOf(head: unknown, pointer: string): readonly unknown[] {
  if (head === undefined) return [];
  if (typeof head !== 'object' || head === null) throw new InvalidInputError([{ pointer, message: 'Use an object.' }]);
  refuseUnknown(head, ['seq', 'hash'], pointer);
  const { seq, hash } = head as Partial<LogHead>;
  if (seq === undefined || hash === undefined) throw new InvalidInputError([{ pointer, message: 'Give seq and hash.' }]);
  return [seq, hash];
}

function refuseUnknown(given: object, known: readonly string[], pointer: string): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidInputError(unknown.map((name) => ({ pointer: `${pointer}/${name}`, message: unknownName('field', name, known) })));
}
