/**
 * The routes of the calls that the contract declares. The service parses a request only as far as it must to pass it on: the
 * engine validates the input by the same contract.
 */
import { mayLack, type Part, aboutOf, ADDRESSES, CONTRACT, type Address, type Call } from 'latchkey/internal';
import type { CallContext, Latchkey, OperatorScope, Propagation, Token, Verdict } from 'latchkey';
import { authenticateOperator } from '../authentication/authenticate-operator.js';
import { empty, json, jsonText, type Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import type { HeaderName } from './describe-headers.js';
import { assertHolds } from './assert-holds.js';
import {
  contextOf,
  guardedEndpoint,
  type Acting,
  type DocumentedAnswer,
  type Endpoint,
  type Operation,
  type Received,
  type Tag,
} from './endpoint.js';
import { issued } from './issued.js';
import { propagated } from './propagating.js';
import type { Services } from './services.js';
import { verdictJson } from './verdict-json.js';
import { hasVersion, versionTag } from './version-tag.js';

type Resource = keyof typeof CONTRACT;
type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

/** Returns the entry of a call and its address. */
export function callAt(resource: Resource, name: string): { readonly call: Call; readonly address: Address } {
  const call = (CONTRACT[resource] as Readonly<Record<string, Call>>)[name];
  const address = (ADDRESSES[resource] as Readonly<Record<string, Address>>)[name];
  if (call === undefined || address === undefined) throw new TypeError(`The contract has no call ${resource}.${name}.`);
  return { call, address };
}

/** Returns an endpoint for every call about a resource but the `others`. */
export function contractEndpoints(
  resource: 'keys' | 'owners' | 'tiers' | 'events' | 'usage',
  tag: Tag,
  others: readonly string[] = [],
): readonly Endpoint[] {
  const names = Object.keys(CONTRACT[resource]).filter((name) => !others.includes(name));
  return names.map((name) => {
    const { call, address } = callAt(resource, name);
    return contractEndpoint(operationOf(call, address, tag), call, {
      address,
      run: async ({ services: { latchkey } }, args) => groupCall(latchkey[resource], name)(...args),
    });
  });
}

interface Way {
  readonly address: Address;
  run(received: Received<Acting>, args: readonly unknown[]): Promise<unknown>;
}

/** Returns the endpoint of a call of operators: `run` gets the names in the path, the input and the context. */
export function contractEndpoint(operation: Operation, call: Call, { address, run }: Way): Endpoint {
  return operatorEndpoint(operation, async (received) => {
    const { context } = received;
    if (call.alsoNeeds !== undefined) assertHolds(context, call.alsoNeeds);
    const result = await run(received, [...argumentsOf(received, address), context]);
    noteKey(received, address, result);
    const answer = answerOf(result, { call, address, wait: received.wait });
    return { ...answer, headers: [...answer.headers, versionTag(result)] };
  });
}

/** Returns the endpoint of an operation for operators. */
export function operatorEndpoint(
  operation: Operation,
  handle: (received: Received<Acting> & { readonly context: CallContext }) => Promise<Answer>,
): Endpoint {
  const { scope } = operation;
  if (scope === null) throw new TypeError(`${operation.id} names no scope of operators.`);
  return guardedEndpoint<Acting>(operation, operatorGuard(scope), async (received) =>
    handle({ ...received, context: contextOf(operation, received) }),
  );
}

function operatorGuard(scope: OperatorScope) {
  return (services: Services, exchange: Exchange) => authenticateOperator(services, exchange, scope);
}

/** Returns what a call takes before its options: the names in its path, and its input. */
export function argumentsOf({ ids, query, body }: Received<unknown>, { input }: Address): readonly unknown[] {
  return [...ids, ...(input === undefined ? [] : [input === 'query' ? query : body])];
}

/** Returns a call by its name. */
export function groupCall(group: object, name: string): AnyCall {
  const call = (group as Readonly<Record<string, AnyCall>>)[name];
  if (call === undefined) throw new TypeError(`There is no call ${name}.`);
  return call;
}

/** Returns the operation of a call that is at this address. */
export function operationOf(call: Call, address: Address, tag: Tag): Operation {
  const inBody = address.input === 'body' ? call.input : undefined;
  return {
    method: METHODS[address.method],
    path: address.path,
    id: call.id,
    tag,
    summary: call.summary,
    scope: call.scope,
    answers: answersOf(call, address),
    ...(call.description !== undefined && { description: call.description }),
    ...(address.input === 'query' && call.input !== undefined && { query: call.input }),
    ...(call.effect === 'takes away' && { waits: true }),
    ...(call.effect === 'reads' && { reads: true }),
    ...(inBody !== undefined && { body: inBody, bodyOptional: address.method === 'POST' && isAllOptional(inBody) }),
    ...(call.repeatable === true && { repeatable: true }),
    ...(address.conditional === true && { conditional: true }),
    ...(call.problems !== undefined && { problems: call.problems }),
    ...(call.conflicts !== undefined && { conflicts: call.conflicts }),
  };
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

function answersOf({ gives, output, effect, tagged }: Call, address: Address): Readonly<Record<number, DocumentedAnswer>> {
  if (effect === 'removes') return { 204: { description: gives } };
  const schema = { shape: address.gives === 'list' ? pageOf(output) : output };
  const headers: readonly HeaderName[] = hasVersion(output) ? ['VersionTag'] : [];
  if (effect === 'creates') return { 201: { description: gives, schema, headers: ['Location', ...headers] } };
  if (effect === 'takes away') {
    const description = `${gives}; it may not hold on every node yet, and names those of which that is not known`;
    return { 200: { description: gives, schema, headers }, 202: { description, schema, headers } };
  }
  if (tagged !== true) return { 200: { description: gives, schema, headers } };
  return {
    200: { description: gives, schema, headers: ['ETag'] },
    304: { description: 'The client has it: `If-None-Match` names its tag', headers: ['ETag'] },
  };
}

/** All of a list, in the form of a page. */
function pageOf(items: object): object {
  const { name = '' } = aboutOf((items as Part).item ?? {});
  const metadata = { name: name.replace(/View$/, 'Page') };
  return {
    type: 'strict_object',
    entries: { data: items, nextCursor: { type: 'null' } },
    pipe: [{ kind: 'metadata', type: 'metadata', metadata }],
  };
}

interface Issued {
  readonly key: { readonly id: string };
  readonly token: Token | null;
  readonly replayed: boolean;
  readonly propagation?: Propagation;
}

/** Returns the answer that shows what a call gives. */
export function answerOf(
  result: unknown,
  { call, address, wait }: { readonly call: Call; readonly address: Address; readonly wait?: boolean | undefined },
): Answer {
  if (call.effect === 'creates') {
    const made = result as Issued;
    return issued(201, made, { location: `${address.path}/${encodeURIComponent(made.key.id)}` });
  }
  if (address.gives === 'issued') return issued(wait === false ? 202 : 200, result as Issued);
  if (address.gives === 'verdict') return jsonText(200, verdictJson(result as Verdict));
  if (call.effect === 'removes') return empty(204);
  if (address.gives === 'list') return json(200, { data: result, nextCursor: null });
  return call.effect === 'takes away' ? propagated(wait, result as object) : json(200, result);
}

/** For the log of requests: the key that a call was about. */
export function noteKey({ exchange, ids: [id] }: Received<unknown>, { path }: Address, result: unknown): void {
  if (!/^\/v1\/(?:me\/)?keys/.test(path)) return;
  const made = (result as { readonly key?: { readonly id?: unknown } } | null)?.key?.id;
  const about = typeof made === 'string' ? made : id;
  if (about !== undefined) exchange.keyId = about;
}

function isAllOptional(shape: object): boolean {
  return Object.values((shape as Part).entries ?? {}).every(mayLack);
}

/** Returns the calls of the engine about everything, beside its groups. */
export function ofLatchkey(name: 'overview' | 'cluster'): Way['run'] {
  return async ({ services: { latchkey } }, args) => groupCall(latchkey satisfies Latchkey, name)(...args);
}
