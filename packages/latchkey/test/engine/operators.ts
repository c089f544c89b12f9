/** Operators of a test: keys of the environment `operator`, and the context in which each acts. */
import type { Actor, CallContext, CreateKeyInput } from '../../src/index.js';
import type { Harness } from './harness.js';

const WRITE = ['keys:read', 'keys:write', 'keys:verify', 'owners:write', 'tiers:write'];

export type Operator = Partial<CreateKeyInput> & { readonly scopes?: readonly string[] };

export async function operator(
  { issue }: Pick<Harness, 'issue'>,
  fields: Operator = {},
): Promise<{ readonly id: string; readonly by: CallContext }> {
  const { scopes = WRITE, bounds = null, ...others } = fields;
  const { id } = await issue({ name: 'an operator', owner: 'ops', environment: 'operator', scopes, bounds, ...others });
  return { id, by: { actor: { type: 'operator', id, scopes, bounds } satisfies Actor } };
}

export const forbidden = { code: 'forbidden' };
export const notFound = { code: 'not_found' };
