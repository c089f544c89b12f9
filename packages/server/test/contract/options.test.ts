/** The command line has an option for every field of the calls that its commands make. */
import { CONTRACT, type Call } from 'latchkey/internal';
import { describe, expect, it } from 'vitest';
import { misspeltFields } from '../../../latchkey/test/contract/misspelt-fields.js';
import { optionAt } from '../../src/cli/input-options.js';

const { events, keys, owners, tiers, usage } = CONTRACT;
const CALLS: readonly Call[] = [
  keys.create,
  keys.update,
  keys.rotate,
  keys.list,
  keys.revoke,
  keys.disable,
  keys.enable,
  owners.list,
  owners.update,
  owners.suspend,
  owners.resume,
  owners.revokeAll,
  tiers.put,
  keys.revokeWhere,
  keys.disableWhere,
  keys.extendWhere,
  events.list,
  usage.read,
];

describe.each(CALLS)('command line: $id', (call) => {
  const fields = misspeltFields(call.input ?? {}).map(({ pointer, meant }) => pointer.replace(/[^/]*$/, meant));

  it.each(fields)('has an option that gives %s', (pointer) => {
    expect(optionAt(pointer, call)).toMatch(/^--[a-z-]+/);
  });
});
