import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, ForbiddenError, InvalidInputError } from '../../src/index.js';
import { readSettings } from '../../src/internal/index.js';
import { isKnownScope } from '../../src/domain/scopes.js';
import { openHarness } from './harness.js';
import { withDatabaseFile } from '../stores/temporary-database.js';

const SCOPES = ['articles:read', 'articles:write', 'news:read'];
const LISTED =
  'Use one of the scopes that there are (articles:read, articles:write, news:read), or one of them with "*" in place of segments.';

const UNKNOWN = 'There is no such scope. Use one of the configured ones, or one of them with "*" in place of segments.';

const OWN: string = expect.stringMatching(/^Use one of the scopes that there are \(keys:read, /);
const refusal = (pointer: string, message = LISTED) => ({ code: 'invalid_input', issues: [{ pointer, message }] });

describe('with a list of scopes', () => {
  it('a key is given those and what covers one of them, and is told of every other by its place', async () => {
    const { latchkey, issue } = await openHarness({ scopes: SCOPES });
    for (const scopes of [['articles:read', 'news:read'], ['articles:*'], ['*:write'], ['*:*'], []]) {
      const { id } = await issue({ scopes });
      expect((await latchkey.keys.get(id)).scopes).toEqual(scopes);
    }
    await expect(issue({ scopes: ['news:read', 'articles:raed'] })).rejects.toMatchObject(refusal('/scopes/1'));
    for (const scope of ['article:*', '*:delete', '*:*:*', 'news:write', 'articles:read:all']) {
      await expect(issue({ scopes: [scope] }), scope).rejects.toMatchObject(refusal('/scopes/0'));
    }
    const secret = { scheme: 'sha256', digest: '0'.repeat(64), encoding: 'hex' } as const;
    const record = { name: 'a key', owner: 'ada', secret };
    await expect(latchkey.keys.import([record, { ...record, scopes: ['news:raed'] }])).rejects.toMatchObject(refusal('/1/scopes/0'));
    expect((await latchkey.keys.list()).data).toHaveLength(5);
    await latchkey.close();
  });

  it('a verification that asks for another is an error, whatever the token, and charges nothing', async () => {
    const { latchkey, issue } = await openHarness({ scopes: SCOPES });
    const { token } = await issue({ scopes: ['*:*'], credits: { remaining: 1 } });
    const scopes = ['articles:read', 'articles:raed'];
    for (const each of [token, null, 'nonsense']) {
      for (const dryRun of [false, true]) {
        await expect(latchkey.verify(each, { scopes, dryRun })).rejects.toMatchObject(refusal('/scopes/1', UNKNOWN));
        // Said again, with the same list, it is wrong still.
        await expect(latchkey.verify(each, { scopes, dryRun })).rejects.toThrow(InvalidInputError);
      }
    }
    await expect(latchkey.verify(token, { anyScope: scopes })).rejects.toMatchObject(refusal('/anyScope/1', UNKNOWN));
    expect(await latchkey.verify(token, { scopes: ['articles:*', '*:read'] })).toMatchObject({ valid: true, credits: 0 });
    await latchkey.close();
  });

  it('a key keeps what it holds: a shorter list takes nothing away, and gives nothing anew', async () => {
    await withDatabaseFile(async (file) => {
      const before = await openHarness({ file });
      const { id, token } = await before.issue({ scopes: ['legacy:read', 'articles:read'] });
      await before.latchkey.close();
      const { latchkey, issue } = await openHarness({ file, seed: 2, scopes: SCOPES });
      expect(await latchkey.verify(token, { scopes: ['articles:read'] })).toMatchObject({
        valid: true,
        key: { scopes: ['legacy:read', 'articles:read'] },
      });
      const { key } = await latchkey.keys.update(id, { name: 'renamed', scopes: ['news:read', 'legacy:read'] });
      expect([key.name, key.scopes]).toEqual(['renamed', ['news:read', 'legacy:read']]);
      expect((await latchkey.keys.rotate(id)).key.scopes).toEqual(['news:read', 'legacy:read']);
      await expect(latchkey.keys.update(id, { scopes: ['legacy:read', 'legacy:*'] })).rejects.toMatchObject(refusal('/scopes/1'));
      const other = await issue();
      await expect(latchkey.keys.update(other.id, { scopes: ['legacy:read'] })).rejects.toMatchObject(refusal('/scopes/0'));
      await latchkey.keys.update(id, { scopes: [] });
      await expect(latchkey.keys.update(id, { scopes: ['legacy:read'] })).rejects.toMatchObject(refusal('/scopes/0'));
      await latchkey.close();
    });
  });

  it('operator tokens have their own, which the list neither gives nor takes', async () => {
    const { latchkey, issue } = await openHarness({ scopes: SCOPES });
    const { id, token } = await issue({ environment: 'operator', scopes: ['keys:verify'] });
    await latchkey.keys.update(id, { scopes: ['keys:verify', 'keys:read'] });
    const scopes = ['keys:read'];
    expect(await latchkey.verify(token, { environment: 'operator', scopes })).toMatchObject({ valid: true });
    await expect(latchkey.verify(token, { scopes })).rejects.toMatchObject(refusal('/scopes/0', UNKNOWN));
    await expect(issue({ scopes })).rejects.toMatchObject(refusal('/scopes/0'));
    await latchkey.close();
  });

  it('an operator token holds scopes of Latchkey itself, and none that it would not know', async () => {
    const { latchkey, issue } = await openHarness();
    for (const scope of ['keys:raed', 'articles:*', 'portal:read'])
      await expect(issue({ environment: 'operator', scopes: ['keys:read', scope] })).rejects.toMatchObject(refusal('/scopes/1', OWN));
    const { id } = await issue({ environment: 'operator', scopes: ['*:read', 'keys:*'] });
    await expect(latchkey.keys.update(id, { scopes: ['articles:*'] })).rejects.toMatchObject(refusal('/scopes/0', OWN));
    await latchkey.close();
  });

  it('owners are offered those that the policy covers, and told of no others', async () => {
    const { latchkey } = await openHarness({ scopes: SCOPES });
    const own = latchkey.selfService({ scopes: ['articles:*'] }).for({ ownerId: 'ada', expiresAt: null });
    expect((await own.create({ name: 'CI', scopes: ['articles:read'] })).key.scopes).toEqual(['articles:read']);
    const message = 'Use one of the scopes that there are (articles:read, articles:write), or one of them with "*" in place of segments.';
    await expect(own.create({ name: 'CI', scopes: ['articles:read', 'articles:raed'] })).rejects.toMatchObject({
      issues: [{ pointer: '/scopes/1', message }],
    });
    await expect(own.create({ name: 'CI', scopes: ['news:read'] })).rejects.toThrow(ForbiddenError);
    expect(() => latchkey.selfService({ scopes: ['articles:raed'] })).toThrow(ConfigurationError);
    await latchkey.close();
  });

  it('the list is refused that holds what is no scope, covers others, stands twice, or names none', () => {
    const problemsOf = (scopes: readonly string[]): readonly string[] => {
      try {
        readSettings({ scopes });
        return [];
      } catch (error) {
        return error instanceof ConfigurationError ? error.problems : [String(error)];
      }
    };
    expect(problemsOf(SCOPES)).toEqual([]);
    expect(problemsOf(['articles'])).toEqual([expect.stringMatching(/^scopes: use 2 to 4 segments/)]);
    expect(problemsOf(['articles:*'])).toEqual(['scopes: name each without "*"; what covers them with "*" may be given all the same.']);
    expect(problemsOf(['a:read', 'a:read'])).toEqual(['scopes: name each once.']);
    expect(problemsOf([])).toEqual([expect.stringMatching(/^scopes: name at least one/)]);
  });

  it('is known what is listed, or would grant something that is', () => {
    const segment = fc.constantFrom('a', 'b', '*');
    const listed = fc.array(fc.constantFrom('a:a', 'a:b', 'b:a:b', 'b:b'), { minLength: 1 });
    fc.assert(
      fc.property(listed, fc.array(segment, { minLength: 2, maxLength: 3 }), (known, segments) => {
        const scope = segments.join(':');
        const pattern = new RegExp(`^${segments.map((each) => (each === '*' ? '[ab]' : each)).join(':')}$`);
        expect(isKnownScope(known, scope)).toBe(known.some((each) => pattern.test(each)));
      }),
    );
  });
});

describe('without a list of scopes', () => {
  it('any text of the form is one', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue({ scopes: ['any:thing'] });
    expect(await latchkey.verify(token, { scopes: ['other:thing'] })).toMatchObject({ code: 'insufficient_scope' });
    expect(latchkey.scopes).toBeNull();
    await latchkey.close();
  });
});
