import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/index.js';
import { databaseFile } from '../stores/temporary-database.js';
import { openHarness } from './harness.js';

function codeOf(verdict: Verdict): Verdict['code'] {
  return verdict.code;
}

describe('peppers', () => {
  const first = { id: 'p1', secret: 'first-pepper-with-at-least-32-bytes!' };
  const second = { id: 'p2', secret: 'second-pepper-with-at-least-32-bytes' };

  it('may follow one another: older tokens work on, and move to the newest on use', async () => {
    const file = await databaseFile();
    const tokens: string[] = [];
    for (const peppers of [[], [first], [second, first]]) {
      const { latchkey, issue } = await openHarness({ file, peppers, seed: tokens.length + 1 });
      tokens.push((await issue()).token);
      for (const token of tokens) expect(codeOf(await latchkey.verify(token))).toBe('valid');
      await latchkey.close();
    }
    const { latchkey } = await openHarness({ file, peppers: [second] });
    for (const token of tokens) expect(codeOf(await latchkey.verify(token))).toBe('valid');
    await latchkey.close();
  });

  it('key search: a token is found under every pepper, and before its first use under the newest', async () => {
    const file = await databaseFile();
    const tokens: string[] = [];
    for (const peppers of [[], [first], [second, first]]) {
      const { latchkey, issue } = await openHarness({ file, peppers, seed: tokens.length + 1 });
      const { id, token } = await issue();
      tokens.push(token);
      for (const search of tokens) expect((await latchkey.keys.list({ search })).data).toHaveLength(1);
      expect((await latchkey.keys.list({ search: token })).data[0]?.id).toBe(id);
      expect((await latchkey.keys.list({ search: token, status: 'revoked' })).data).toEqual([]);
      const within = `see ${token}!`;
      const refusal = await latchkey.keys.list({ search: within }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'invalid_input' });
      expect(String(refusal)).not.toContain(token);
      await latchkey.close();
    }
  });

  it('that are wrong or missing are refused at start', async () => {
    const file = await databaseFile();
    const { latchkey, issue } = await openHarness({ file, peppers: [first] });
    await issue();
    await latchkey.close();
    await expect(openHarness({ file, peppers: [{ ...second, id: 'p1' }] })).rejects.toMatchObject({ code: 'configuration' });
    await expect(openHarness({ file, peppers: [{ id: 'p2', secret: 'a'.repeat(400) }, first] })).rejects.toThrow(/easy to guess/);
    await expect(openHarness({ file, peppers: [] })).rejects.toMatchObject({ code: 'configuration' });
    await expect(openHarness({ file, peppers: [second] })).rejects.toMatchObject({ code: 'configuration' });
  });

  it('older peppers that are easy to guess still verify what is stored under them, so that they can be left behind', async () => {
    const { latchkey } = await openHarness({ peppers: [first, { id: 'p0', secret: 'a'.repeat(400) }] });
    await latchkey.close();
  });
});
