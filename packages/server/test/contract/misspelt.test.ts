/** A field that does not exist is refused by name through every door of the service: HTTP, its client, and the command line. */
import { createClient, InvalidInputError } from 'latchkey/client';
import { ADDRESSES, CONTRACT, parametersOf, type Address, type Call } from 'latchkey/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { misspeltFields } from '../../../latchkey/test/contract/misspelt-fields.js';
import { ADMIN_KEY, openService, type Service } from '../http/service.js';

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

describe.each(CALLS)('service: $call.id', ({ resource, name, call, address }) => {
  const parameters = parametersOf(address.path);
  const path = parameters.reduce((filled, parameter) => filled.replace(`{${parameter}}`, ID), address.path);
  const cases = call.input === undefined ? [] : misspeltFields(call.input);

  it.each(cases)('HTTP refuses a misspelt $meant at $pointer by name', async ({ pointer, meant, input }) => {
    const query = address.input === 'query' ? `?${new URLSearchParams(input as Record<string, string>).toString()}` : '';
    const { status, json } = await service.admin(address.method, path + query, address.input === 'body' ? input : undefined);
    expect(status).toBe(400);
    expect(json?.['errors']).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
  });

  it('HTTP refuses a parameter of the query that does not exist', async () => {
    const { status, json } = await service.admin(address.method, `${path}?wayt=false`, address.input === 'body' ? {} : undefined);
    expect(status).toBe(400);
    expect(json?.['errors']).toEqual([{ pointer: '/wayt', message: expect.stringMatching(/^No such field/) as string }]);
  });

  it.each(cases)('its client refuses a misspelt $meant at $pointer by name', async ({ pointer, meant, input }) => {
    const error: unknown = await callOf(resource, name)(...parameters.map(() => ID), input).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).issues).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
  });

  it('its client refuses a misspelt option by name', async () => {
    const args = [...parameters.map(() => ID), ...(call.input === undefined ? [] : [{}]), { sinal: null }];
    await expect(callOf(resource, name)(...args)).rejects.toThrow('This call takes no option "sinal"; use signal');
  });
});

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

function callOf(resource: string, name: string): AnyCall {
  const client = createClient({
    url: 'http://service',
    adminKey: ADMIN_KEY,
    fetch: async (url, init) => service.app.fetch(new Request(url, init)),
  });
  return (client as unknown as Record<string, Record<string, AnyCall>>)[resource]?.[name] ?? (async () => undefined);
}
