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

const CALLS = Object.entries(CONTRACT).flatMap(([resource, calls]) =>
  Object.entries(calls as Readonly<Record<string, Call>>).map(([name, call]) => ({ resource, name, call })),
);

describe.each(CALLS)('library: $resource.$name', ({ resource, name, call }) => {
  const address = (ADDRESSES as unknown as Readonly<Record<string, Readonly<Record<string, Address>>>>)[resource]?.[name];
  const ids = parametersOf(address?.path ?? '').map(() => 'key_0000000000000000');
  const ask: AnyCall = async (...args) =>
    (latchkey as unknown as Record<string, Record<string, AnyCall>>)[resource]?.[name]?.(...ids, ...args);

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
    const args = [...(call.input === undefined ? [] : [{}]), { idempotencyky: 'a', sinal: null }];
    const [issue] = await issuesOf(ask(...args));
    expect(issue?.message).toBe('Options: "idempotencyky". No such option; did you mean "idempotencyKey"?');
  });
});

async function issuesOf(asked: Promise<unknown>): Promise<readonly InputIssue[]> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).issues;
}
