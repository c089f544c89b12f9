import { describe, expect, it } from 'vitest';
import { cleared, clearWords, type Clearing } from '../../src/cli/clearing.js';

interface Patch {
  readonly name?: string | null;
  readonly ipRules?: readonly string[];
}

const CLEARING: Clearing<Patch> = { name: ['name', null], ipRules: ['ips', []] };

describe('command line: --clear', () => {
  it('takes away the fields that its words name', () => {
    expect(cleared(['name', 'ips'], CLEARING, () => false)).toEqual({ name: null, ipRules: [] });
    expect(clearWords(CLEARING)).toEqual(['name', 'ips']);
  });

  it('rejects a word that does not exist, with the nearest one', () => {
    expect(() => cleared(['ip'], CLEARING, () => false)).toThrow('--clear ip: No such field; did you mean "ips"?');
  });

  it('rejects a field that another option gives', () => {
    expect(() => cleared(['name'], CLEARING, (field) => field === 'name')).toThrow('Give either a value or --clear name, not both.');
  });
});
