/**
 * The routes of the calls that the contract declares. The service parses a request only as far as it must to pass it on: the
 * engine validates the input by the same contract.
 */
import {
  mayLack,
  type Part,
  aboutOf,
  ADDRESSES,
  CONTRACT,
  parametersOf,
  readPath,
  readWait,
  REQUEST_SHAPES,
  type Address,
  type Call,
} from 'latchkey/internal';
import type { CallContext, Latchkey, Propagation, Token, Verdict } from 'latchkey';
import { readQuery } from 'latchkey/edge';
import { authenticateOperator } from '../authentication/authenticate-operator.js';
import { empty, json, jsonText, type Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import type { HeaderName } from './describe-headers.js';
import { verdictJson } from './verdict-json.js';
import { assertHolds } from './assert-holds.js';
import { contextOf, readBody, refuseTokenInQuery, type DocumentedAnswer, type Endpoint, type Operation } from './endpoint.js';
import { issued } from './issued.js';
import { propagated } from './propagating.js';
import { queryInput } from './query-input.js';
import { hasVersion, ifMatchOf, versionTag } from './version-tag.js';

type Resource = keyof typeof CONTRACT;

/** Returns an endpoint for every call about a resource. */
export function contractEndpoints(resource: Resource, tag: string): readonly Endpoint[] {
  const addresses: Readonly<Record<string, Address>> = ADDRESSES[resource];
  return Object.entries(CONTRACT[resource] as Readonly<Record<string, Call>>).map(([name, call]) => {
    const address = addresses[name];
    if (address === undefined) throw new TypeError(`The contract has no address for ${resource}.${name}.`);
    return contractEndpoint(call, { address, tag, run: async (latchkey, args) => callOf(latchkey, resource, name)(...args) });
  });
}

interface Way {
  readonly address: Address;
  readonly tag: string;
  run(latchkey: Latchkey, args: readonly unknown[]): Promise<unknown>;
}

/** Returns the endpoint of a call that is at this address. */
export function contractEndpoint(call: Call, { address, tag, run }: Way): Endpoint {
  const parameters = parametersOf(address.path);
  const inQuery = address.input === 'query' ? call.input : undefined;
  const inBody = address.input === 'body' ? call.input : undefined;
  const mayWait = call.effect === 'takes away';
  const query: object = inQuery ?? (mayWait ? REQUEST_SHAPES.waitQuery : {});
  const operation: Operation = {
    method: METHODS[address.method],
    path: address.path,
    id: call.id,
    tag,
    summary: call.summary,
    scope: call.scope,
    parameters: [
      ...parameters.map((name) => ({ name, in: 'path' as const, required: true, shape: REQUEST_SHAPES.pathName })),
      ...Object.entries(entriesOf(query)).map(([name, shape]) => ({ name, in: 'query' as const, required: false, shape })),
    ],
    answers: answersOf(call, address),
    ...(call.description !== undefined && { description: call.description }),
    ...(inBody !== undefined && { body: { shape: inBody }, bodyOptional: address.method === 'POST' && isAllOptional(inBody) }),
    ...(call.repeatable === true && { repeatable: true }),
    ...(address.conditional === true && { conditional: true }),
    ...(call.problems !== undefined && { problems: call.problems }),
  };
  return {
    operation,
    async run(services, exchange, given) {
      const who = await authenticateOperator(services, exchange, call.scope);
      if ('refused' in who) return who.refused;
      const refused = refuseTokenInQuery(exchange);
      if (refused !== null) return refused;
      const ids = readPath(address.path, given);
      const asked = queryInput(query, readQuery(exchange.query));
      const waits = inQuery === undefined ? readWait(asked, mayWait) : undefined;
      const limit = services.bodyLimit;
      const body =
        inBody === undefined
          ? null
          : readBody(await exchange.readBytes(limit), exchange, { optional: operation.bodyOptional === true, limit });
      if (body !== null && 'refused' in body) return body.refused;
      const context: CallContext = contextOf(who, exchange, { operation, query: { wait: waits } });
      if (call.alsoNeeds !== undefined) assertHolds(context, call.alsoNeeds);
      const condition = address.conditional === true ? ifMatchOf(exchange) : {};
      const input = body === null ? inQuery && [asked] : [body.value];
      const result = await run(services.latchkey, [...ids, ...(input ?? []), { ...context, ...condition }]);
      if (address.path.startsWith('/v1/keys')) noteKey(exchange, ids, result);
      const answer = answerOf(result, { call, address, waits });
      return { ...answer, headers: [...answer.headers, versionTag(result)] };
    },
  };
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

function callOf(latchkey: Latchkey, resource: Resource, name: string): (...args: readonly unknown[]) => Promise<unknown> {
  const calls = latchkey[resource] as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
  const call = calls[name];
  if (call === undefined) throw new TypeError(`The engine has no call ${resource}.${name}.`);
  return call;
}

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

function answerOf(result: unknown, { call, address, waits }: { call: Call; address: Address; waits: boolean | undefined }): Answer {
  if (call.effect === 'creates') {
    const made = result as Issued;
    return issued(201, made, { location: `${address.path}/${encodeURIComponent(made.key.id)}` });
  }
  if (address.gives === 'issued') return issued(waits === false ? 202 : 200, result as Issued);
  if (address.gives === 'verdict') return jsonText(200, verdictJson(result as Verdict));
  if (call.effect === 'removes') return empty(204);
  if (address.gives === 'list') return json(200, { data: result, nextCursor: null });
  return call.effect === 'takes away' ? propagated({ wait: waits }, result as object) : json(200, result);
}

/** For the log of requests: the key that a call was about. */
function noteKey(exchange: Exchange, [id]: readonly string[], result: unknown): void {
  const made = (result as { readonly key?: { readonly id?: unknown } } | null)?.key?.id;
  const about = typeof made === 'string' ? made : id;
  if (about !== undefined) exchange.keyId = about;
}

function entriesOf(shape: object): Readonly<Record<string, Part>> {
  return (shape as Part).entries ?? {};
}

function isAllOptional(shape: object): boolean {
  return Object.values(entriesOf(shape)).every(mayLack);
}
