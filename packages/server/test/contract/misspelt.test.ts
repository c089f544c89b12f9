/** A field that does not exist is refused by name through every door of the service: HTTP, its client, and the command line. */
import { createClient, createOwnKeysClient, InvalidInputError } from 'latchkey/client';
import { ADDRESSES, CONTRACT, parametersOf, type Address, type Call } from 'latchkey/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { misspeltFields } from '../../../latchkey/test/contract/misspelt-fields.js';
import { ADMIN, ADMIN_KEY, openService, type Answer, type Service } from '../http/service.js';

let service: Service;

beforeAll(async () => {
  service = await openService();
});

afterAll(async () => service.close());

const CALLS = Object.entries(CONTRACT).flatMap(([resource, calls]) =>
  Object.entries(calls as Readonly<Record<string, Call>>).map(([name, call]) => {
    const addresses = ADDRESSES as unknown as Readonly<Record<string, Readonly<Record<string, Address>>>>;
    const address = addresses[resource]?.[name];
    if (address === undefined) throw new Error(`${resource}.${name} has no address.`);
    return { resource, name, call, address };
  }),
);

const ID = 'key_0000000000000000';

/** A query has no objects: the heads of the audit log are two parameters each. */
const FLAT: Readonly<Record<string, object>> = {
  verifyEvents: { type: 'strict_object', entries: { seq: {}, hash: {}, afterSeq: {}, afterHash: {}, limit: {} } },
};

describe.each(CALLS)('service: $call.id', ({ resource, name, call, address }) => {
  const parameters = parametersOf(address.path);
  const path = parameters.reduce((filled, parameter) => filled.replace(`{${parameter}}`, ID), address.path);
  const cases = call.input === undefined ? [] : misspeltFields(call.input);
  const overHttp = call.id in FLAT ? misspeltFields(FLAT[call.id] ?? {}) : cases;
  const isOpen = call.scope === null && resource !== 'ownKeys';

  it('has an address that says whether its caller may choose not to wait', () => {
    expect(address.waits).toBe(call.effect === 'takes away' ? true : undefined);
  });

  it.each(overHttp)('HTTP refuses a misspelt $meant at $pointer by name', async ({ pointer, meant, input }) => {
    const query = address.input === 'query' ? `?${new URLSearchParams(input as Record<string, string>).toString()}` : '';
    const { status, json } = await ask(resource, address.method, path + query, address.input === 'body' ? input : undefined);
    expect(status).toBe(400);
    expect(json?.['errors']).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
  });

  it.skipIf(isOpen && call.input === undefined)('HTTP refuses a parameter of the query that does not exist', async () => {
    const { status, json } = await ask(resource, address.method, `${path}?wayt=false`, address.input === 'body' ? {} : undefined);
    expect(status).toBe(400);
    expect(json?.['errors']).toContainEqual({ pointer: '/wayt', message: expect.stringMatching(/^No such field/) as string });
  });

  it.each(cases.filter(({ pointer }) => !isOfClient(call.id, pointer)))(
    'its client refuses a misspelt $meant at $pointer by name',
    async ({ pointer, meant, input }) => {
      const args = call.id === 'verifyKey' ? ['acme_live_x', input] : [...parameters.map(() => ID), input];
      const error: unknown = await callOf(resource, name)(...args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as InvalidInputError).issues).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
    },
  );

  it.skipIf(resource === 'verification')('its client refuses a misspelt option by name', async () => {
    const args = [...parameters.map(() => ID), ...(call.input === undefined ? [] : [{}]), { sinal: null }];
    await expect(callOf(resource, name)(...args)).rejects.toThrow('This call takes no option "sinal"; use signal');
  });
});

/** The client gives these by itself: the token is an argument, and a batch is a list. */
function isOfClient(id: string, pointer: string): boolean {
  return (id === 'verifyKey' && pointer === '/oken') || (id === 'verifyKeys' && /^\/(?:equests|requests\/0\/oken)$/.test(pointer));
}

/** Asks with a credential that the calls about the resource accept. */
async function ask(resource: string, method: string, path: string, body: unknown): Promise<Answer> {
  const owner = resource === 'ownKeys';
  const headers = owner ? { authorization: `Bearer ${await service.jwt('team-7')}` } : ADMIN;
  return service.call(method, path, { headers, body });
}

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

const fetch: typeof globalThis.fetch = async (url, init) => service.app.fetch(new Request(url, init));

function callOf(resource: string, name: string): AnyCall {
  const client = createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch });
  if (resource === 'ownKeys') {
    const keys = createOwnKeysClient({ url: 'http://service/v1/me', jwt: async () => service.jwt('team-7'), fetch });
    return callIn(name === 'account' ? { account: client.me.get } : keys, name);
  }
  if (name === 'verifyBatch') return async (input) => client.verifyBatch((input as { requests: never }).requests);
  return callIn(resource === 'service' || resource === 'verification' ? client : client[resource as 'keys'], name);
}

function callIn(group: object, name: string): AnyCall {
  const call = (group as Readonly<Record<string, AnyCall>>)[name];
  if (call === undefined) throw new Error(`The client has no call ${name}.`);
  return call;
}
