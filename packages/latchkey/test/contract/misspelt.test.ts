/** A field that does not exist is refused by name, with the nearest one that does: for every call of the contract, at every depth. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADDRESSES, CONTRACT, parametersOf, type Address, type Call } from '../../src/internal/index.js';
import { InvalidInputError, type InputIssue, type Latchkey } from '../../src/index.js';
import { misspeltFields } from './misspelt-fields.js';
import { openHarness } from '../engine/harness.js';

let latchkey: Latchkey;

beforeAll(async () => {
  ({ latchkey } = await openHarness());
});

afterAll(async () => latchkey.close());

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

/** The calls of each resource in the library. The other resources exist only in a service. */
const GROUPS: Readonly<Record<string, () => object>> = {
  keys: () => latchkey.keys,
  owners: () => latchkey.owners,
  tiers: () => latchkey.tiers,
  events: () => latchkey.events,
  usage: () => latchkey.usage,
  service: () => latchkey,
  ownKeys: () => latchkey.selfService({}).for({ ownerId: 'team-7', expiresAt: null }),
};

const CALLS = Object.entries(CONTRACT).flatMap(([resource, calls]) =>
  Object.entries(calls as Readonly<Record<string, Call>>).map(([name, call]) => ({ resource, name, call })),
);

const OF_LIBRARY = CALLS.filter(({ resource, name }) => resource in GROUPS && name !== 'settings');

it('every call of the contract is misspelt here, but for those of a service alone', () => {
  const others = CALLS.filter((each) => !OF_LIBRARY.includes(each)).map(({ resource, name }) => `${resource}.${name}`);
  expect(others.filter((name) => !/^(?:sessions|portal)\./.test(name))).toEqual([
    'service.settings',
    'verification.verify',
    'verification.verifyBatch',
  ]);
});

describe.each(OF_LIBRARY)('library: $resource.$name', ({ resource, name, call }) => {
  const address = (ADDRESSES as unknown as Readonly<Record<string, Readonly<Record<string, Address>>>>)[resource]?.[name];
  const ids = parametersOf(address?.path ?? '').map(() => 'key_0000000000000000');
  const ask: AnyCall = async (...args) => (GROUPS[resource]?.() as Readonly<Record<string, AnyCall>>)[name]?.(...ids, ...args);

  it.each(call.input === undefined ? [] : misspeltFields(call.input))(
    'refuses a misspelt $meant at $pointer by name',
    async ({ pointer, meant, input }) => {
      expect(await issuesOf(ask(input))).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
    },
  );

  it.each(call.walked === true && call.input !== undefined ? misspeltFields(call.input) : [])(
    'walk refuses a misspelt $meant at $pointer by name',
    async ({ pointer, meant, input }) => {
      const { walk } = (latchkey as unknown as Record<string, { walk(query: object): AsyncIterable<unknown> }>)[resource] ?? {};
      const asked = walk?.(input)[Symbol.asyncIterator]().next();
      expect(await issuesOf(asked ?? Promise.resolve())).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
    },
  );

  it('refuses a misspelt option by name', async () => {
    const args = [...(call.input === undefined ? [] : [{}]), { requstId: 'a', sinal: null }];
    const [issue] = await issuesOf(ask(...args));
    expect(issue?.message).toBe('Options: "requstId". No such option; did you mean "requestId"?');
  });
});

describe('library: options that a call does not take', () => {
  it('are refused by name: wait of a read, an idempotency key of a change that is not repeatable, ifMatch of a list', async () => {
    const { keys } = latchkey;
    const id = 'key_0000000000000000';
    for (const [name, call] of [
      ['wait', async (options: object) => keys.get(id, options)],
      ['idempotencyKey', async (options: object) => keys.update(id, {}, options)],
      ['wait', async (options: object) => keys.create({ name: 'k', owner: 'o' }, options)],
      ['ifMatch', async (options: object) => keys.list({}, options)],
      ['ifMatch', async (options: object) => latchkey.verify('t', {}, options)],
    ] as const) {
      const [issue] = await issuesOf(call({ [name]: 1 }));
      expect(issue?.message).toMatch(`Options: "${name}". No such option`);
    }
    expect((await latchkey.verify('t', {}, { signal: AbortSignal.timeout(60_000) })).code).toBe('malformed');
  });
});

describe('library: verify', () => {
  const fields = misspeltFields(CONTRACT.verification.verify.input ?? {}).filter(({ meant }) => meant !== 'token');

  it.each(fields)('refuses a misspelt $meant at $pointer by name', async ({ pointer, meant, input }) => {
    const issues = await issuesOf(latchkey.verify('acme_live_x', input));
    expect(issues).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
  });
});

describe('library: events.walk', () => {
  it('throws for a misspelt filter and a misspelt option, by name', () => {
    const walk = latchkey.events.walk as (...args: readonly unknown[]) => unknown;
    expect(() => walk({ acton: 'x' })).toThrow('No such field; did you mean "action"?');
    expect(() => walk({}, { requstId: 'x' })).toThrow('No such option; did you mean "requestId"?');
  });
});

async function issuesOf(asked: Promise<unknown>): Promise<readonly InputIssue[]> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).issues;
}
