/**
 * What is misspelt does not compile: `tsc -p tsconfig.test.json`, a step of the check, reports every `@ts-expect-error` here that
 * has no error to expect. The same calls are then made, to see what a program without types is told.
 */
import { ConfigurationError, createLatchkey, InvalidInputError, NotFoundError, type Latchkey, type NamesOf, type Verifier } from 'latchkey';
import type { VerifiedKey, VerifyRequest } from 'latchkey';
import { createClient } from 'latchkey/client';
import { createSelfServiceHandler } from 'latchkey/self-service';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';

const LIMITS = [{ name: 'daily', limit: 100, window: '1d' }];

const open = async () =>
  createLatchkey({
    database: ':memory:',
    tiers: { free: LIMITS, pro: LIMITS },
    scopes: ['articles:read', 'articles:write'],
    environments: ['live', 'test'],
    environment: 'live',
  });

let latchkey: Awaited<ReturnType<typeof open>>;
let keyId: string;

beforeAll(async () => {
  latchkey = await open();
  keyId = (await latchkey.keys.create({ name: 'a key', owner: 'ada' })).key.id;
});

afterAll(async () => {
  await latchkey.close();
});

const key = { name: 'a key', owner: 'ada' };
const secret = { scheme: 'sha256', digest: '0'.repeat(64), encoding: 'hex' } as const;

type Configured = NamesOf<typeof latchkey>;

describe('names of the configuration', () => {
  it('are inferred as they stand there, the scopes with what covers them', () => {
    expectTypeOf<Configured['tier']>().toEqualTypeOf<'free' | 'pro'>();
    expectTypeOf<Configured['environment']>().toEqualTypeOf<'live' | 'test'>();
    expectTypeOf<Configured['scope']>().toEqualTypeOf<'articles:read' | 'articles:write' | 'articles:*' | '*:read' | '*:write' | '*:*'>();
  });

  it('are accepted in every call', async () => {
    const { key: created } = await latchkey.keys.create({ ...key, tier: 'pro', environment: 'live', scopes: ['articles:read', '*:write'] });
    await latchkey.keys.update(created.id, { tier: 'free', scopes: ['articles:*', '*:*'] });
    await latchkey.keys.update(created.id, { tier: null });
    await latchkey.keys.import([{ ...key, tier: 'pro', environment: 'test', scopes: ['articles:read'], secret }]);
    const page = await latchkey.keys.list({ tier: 'pro', environment: 'test' });
    expect(page.data).toHaveLength(1);
    expect(await latchkey.tiers.get('free')).toMatchObject({ name: 'free' });
    expect(await latchkey.verify('', { scopes: ['articles:*'], environment: 'test' })).toMatchObject({ code: 'missing' });
    const policy = { scopes: ['articles:*'], tiers: ['free'], defaultTier: 'free', environments: ['live'] } as const;
    expect(latchkey.selfService(policy)).toBeDefined();
  });

  it('that are misspelt are refused where a key is made', async () => {
    // @ts-expect-error -- a tier
    await expect(latchkey.keys.create({ ...key, tier: 'fre' })).rejects.toThrow('/tier: There is no such tier.');
    // @ts-expect-error -- an environment
    await expect(latchkey.keys.create({ ...key, environment: 'liv' })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- a scope
    await expect(latchkey.keys.create({ ...key, scopes: ['articles:raed'] })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- a wildcard that covers none
    await expect(latchkey.keys.create({ ...key, scopes: ['article:*'] })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- a wildcard of another length
    await expect(latchkey.keys.create({ ...key, scopes: ['*:*:*'] })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- a scope
    await expect(latchkey.keys.import([{ ...key, scopes: ['articles:raed'], secret }])).rejects.toThrow('/0/scopes/0');
  });

  it('that are misspelt are refused where keys are changed, listed and verified', async () => {
    // @ts-expect-error -- a tier
    await expect(latchkey.keys.update(keyId, { tier: 'fre' })).rejects.toThrow('/tier: There is no such tier.');
    // @ts-expect-error -- a scope
    await expect(latchkey.keys.update(keyId, { scopes: ['articles:raed'] })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- a tier
    expect((await latchkey.keys.list({ tier: 'fre' })).data).toEqual([]);
    // @ts-expect-error -- an environment
    expect((await latchkey.keys.list({ environment: 'liv' })).data).toEqual([]);
    // @ts-expect-error -- a scope
    await expect(latchkey.verify('', { scopes: ['article:read'] })).rejects.toThrow(InvalidInputError);
    // @ts-expect-error -- an environment
    expect(await latchkey.verify('', { environment: 'liv' })).toMatchObject({ valid: false });
  });

  it('that are misspelt are refused where tiers are looked up, made and removed', async () => {
    // @ts-expect-error -- a tier
    await expect(latchkey.tiers.get('fre')).rejects.toThrow(NotFoundError);
    // @ts-expect-error -- a tier
    await latchkey.tiers.put('fre', { limits: LIMITS });
    // @ts-expect-error -- a tier
    await latchkey.tiers.remove('fre');
  });

  it('that are misspelt are refused in what owners may choose', () => {
    // @ts-expect-error -- a scope
    expect(() => latchkey.selfService({ scopes: ['articles:raed'] })).toThrow(ConfigurationError);
    // @ts-expect-error -- an environment
    expect(() => latchkey.selfService({ environments: ['liv'] })).toThrow(ConfigurationError);
    // @ts-expect-error -- a tier
    latchkey.selfService({ tiers: ['fre'] });
    // @ts-expect-error -- a tier
    latchkey.selfService({ defaultTier: 'fre' });
    const common = { latchkey, basePath: '/api/me', authenticate: async () => Promise.resolve(null) };
    // @ts-expect-error -- a scope
    expect(() => createSelfServiceHandler({ ...common, policy: { scopes: ['articles:raed'] } })).toThrow(ConfigurationError);
    expect(createSelfServiceHandler({ ...common, policy: { scopes: ['articles:read'] } })).toBeDefined();
  });

  it('hold the default environment to one of the environments', async () => {
    // @ts-expect-error -- an environment
    await expect(createLatchkey({ database: ':memory:', environments: ['live'], environment: 'liv' })).rejects.toThrow(ConfigurationError);
  });

  it('are not claimed of what comes out of the database, which may know others', () => {
    expectTypeOf<VerifiedKey['tier']>().toEqualTypeOf<string | null>();
    expectTypeOf<VerifiedKey['environment']>().toEqualTypeOf<string>();
    expectTypeOf<VerifiedKey['scopes']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf(latchkey.scopes).toEqualTypeOf<readonly string[] | null>();
    expect(latchkey.scopes).toEqual(['articles:read', 'articles:write']);
  });
});

describe('without names', () => {
  it('everything is text, as far as nothing is configured', async () => {
    const plain = await createLatchkey({ database: ':memory:' });
    expectTypeOf<NamesOf<typeof plain>>().toEqualTypeOf<{ readonly tier: string; readonly scope: string; readonly environment: string }>();
    expectTypeOf(plain).toExtend<Latchkey>();
    expect(plain.scopes).toBeNull();
    await plain.close();
    const tiersAlone = await createLatchkey({ database: ':memory:', tiers: { free: LIMITS }, environment: 'test' });
    expectTypeOf<NamesOf<typeof tiersAlone>>().toEqualTypeOf<{
      readonly tier: 'free';
      readonly scope: string;
      readonly environment: string;
    }>();
    await tiersAlone.close();
    const noTiers = await createLatchkey({ database: ':memory:', tiers: {} });
    expectTypeOf<NamesOf<typeof noTiers>['tier']>().toEqualTypeOf<string>();
    await noTiers.close();
  });

  it('an engine that has names fits wherever none are known, and takes any there', async () => {
    const anyNames: Latchkey = latchkey;
    const verifier: Verifier = latchkey;
    expect(verifier.scopes).toEqual(latchkey.scopes);
    const operator = await anyNames.keys.create({ ...key, environment: 'operator', scopes: ['keys:verify'] });
    expect(operator.key.environment).toBe('operator');
    await expect(anyNames.keys.create({ ...key, tier: 'fre' })).rejects.toThrow(InvalidInputError);
  });

  it('an engine fits where some of its names are known, and not where another is', () => {
    const readers = (of: Latchkey<{ tier: 'free' | 'pro'; scope: 'articles:read'; environment: 'live' | 'test' }>): unknown => of.scopes;
    readers(latchkey);
    const golden = (of: Latchkey<{ tier: 'gold'; scope: 'articles:read'; environment: 'live' }>): unknown => of.scopes;
    // @ts-expect-error -- a tier
    golden(latchkey);
  });
});

describe('a client', () => {
  const options = { url: 'http://127.0.0.1:1', credentials: 'omit' } as const;

  it('takes any name where none is stated', () => {
    expectTypeOf(createClient(options).verify).parameter(1).toEqualTypeOf<VerifyRequest | undefined>();
  });

  it('checks the names that are stated, and those of an engine', () => {
    const some = createClient<{ tier: 'free' | 'pro'; scope: 'articles:read' }>(options);
    expectTypeOf<NamesOf<typeof some>>().toEqualTypeOf<{
      readonly tier: 'free' | 'pro';
      readonly scope: 'articles:read' | 'articles:*' | '*:read' | '*:*';
      readonly environment: string;
    }>();
    const all = createClient<NamesOf<typeof latchkey>>(options);
    expectTypeOf<NamesOf<typeof all>>().toEqualTypeOf<Configured>();
    expectTypeOf(all.keys.create).parameter(0).toEqualTypeOf<Parameters<typeof latchkey.keys.create>[0]>();
    expectTypeOf(all.keys.update).parameter(1).toEqualTypeOf<Parameters<typeof latchkey.keys.update>[1]>();
    expectTypeOf(all.keys.list).parameter(0).toEqualTypeOf<Parameters<typeof latchkey.keys.list>[0]>();
    expectTypeOf(all.tiers.put).parameter(0).toEqualTypeOf<'free' | 'pro'>();
    expectTypeOf(all.verify).parameter(1).toEqualTypeOf<VerifyRequest<Configured> | undefined>();
  });
});
