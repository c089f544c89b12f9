/** A real engine in memory, at a time that stands still, with a token of every kind. */
import { createLatchkey, type Latchkey } from 'latchkey';
import { createTestClock, type TestClock } from 'latchkey/testing';
import type { Tokens } from './request-case.js';

export interface GuardedEngine {
  readonly latchkey: Latchkey;
  readonly clock: TestClock;
  readonly issue: (input?: Partial<Parameters<Latchkey['keys']['create']>[0]>) => Promise<{ readonly id: string; readonly token: string }>;
  readonly tokens: () => Promise<Tokens>;
}

export async function openGuardedEngine(): Promise<GuardedEngine> {
  const clock = createTestClock();
  const latchkey: Latchkey = await createLatchkey({
    database: ':memory:',
    prefix: 'acme',
    clock,
    guessesPerMinute: 10_000,
    tiers: {
      two: [
        { name: 'minute', limit: 5, window: '1m' },
        { name: 'daily', limit: 100, window: '1d' },
      ],
    },
  });
  const issue: GuardedEngine['issue'] = async (input) => {
    const { key, token } = await latchkey.keys.create({ name: 'a key', owner: 'team-7', scopes: ['articles:read'], ...input });
    return { id: key.id, token: token?.reveal() ?? '' };
  };
  const elsewhere = await createLatchkey({ database: ':memory:', prefix: 'acme', clock });
  const unknown = (await elsewhere.keys.create({ name: 'a key', owner: 'team-7' })).token?.reveal() ?? '';
  await elsewhere.close();
  // What ends before the clock is put to one minute past the hour.
  const expired = (await issue({ expiresAt: new Date(clock.now() + 1000).toISOString() })).token;
  const operator = (await issue({ environment: 'operator', owner: 'ops', scopes: ['keys:read'] })).token;
  const suspended = (await issue({ owner: 'late-payer' })).token;
  await latchkey.owners.suspend('late-payer');
  const [revoked, disabled] = [await issue(), await issue()];
  await latchkey.keys.revoke(revoked.id);
  await latchkey.keys.disable(disabled.id);
  await clock.advance(60_000);
  const lasting = { unknown, expired, operator, suspended, revoked: revoked.token, disabled: disabled.token };
  const tokenOf = async (input?: Parameters<typeof issue>[0]): Promise<string> => (await issue(input)).token;
  return {
    latchkey,
    clock,
    issue,
    tokens: async () => ({
      ...lasting,
      good: await tokenOf(),
      other: await tokenOf(),
      test: await tokenOf({ environment: 'test' }),
      inside: await tokenOf({ ipRules: ['10.0.0.0/8'] }),
      tiered: await tokenOf({ tier: 'two' }),
      spent: await tokenOf({ credits: { remaining: 1 } }),
      scheduled: await tokenOf({ notBefore: new Date(clock.now() + 60_000).toISOString() }),
    }),
  };
}
