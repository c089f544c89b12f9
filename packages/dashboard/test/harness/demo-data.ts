/**
 * A service that has been in use for a season: made by the engine itself, with its clock set back, so that everything a
 * page shows is what a store really holds. The same each time but for ids, tokens and the present.
 */
import { createLatchkey, type Latchkey } from 'latchkey';
import { createTestClock } from 'latchkey/testing';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface DemoKey {
  readonly name: string;
  readonly owner: string;
  readonly tier?: string;
  readonly environment?: string;
  readonly scopes: readonly string[];
  readonly tags?: readonly string[];
  /** Days before the present at which it was made. */
  readonly age: number;
  /** Days from its making to its end; none: never. */
  readonly life?: number;
  /** Requests on an ordinary day. */
  readonly daily: number;
  /** Of a hundred requests, so many ask for a scope that it lacks. */
  readonly amiss?: number;
  /** Days before the present at which it fell silent. */
  readonly silentFor?: number;
}

const KEYS: readonly DemoKey[] = [
  {
    name: 'Checkout',
    owner: 'storefront',
    tier: 'pro',
    tags: ['team:payments', 'pci', 'web', 'tier-1', 'eu'],
    scopes: ['orders:write', 'catalog:read'],
    age: 88,
    life: 365,
    daily: 420,
    amiss: 1,
  },
  { name: 'Catalogue sync', owner: 'storefront', tier: 'pro', scopes: ['catalog:*'], age: 88, life: 365, daily: 260 },
  {
    name: 'Mobile app, Android',
    owner: 'mobile',
    tier: 'pro',
    tags: ['mobile'],
    scopes: ['catalog:read', 'orders:read'],
    age: 80,
    life: 90,
    daily: 310,
    amiss: 4,
  },
  {
    name: 'Mobile app, iOS',
    owner: 'mobile',
    tier: 'pro',
    tags: ['mobile'],
    scopes: ['catalog:read', 'orders:read'],
    age: 80,
    life: 108,
    daily: 280,
    amiss: 2,
  },
  { name: 'Nightly export', owner: 'data-team', tier: 'basic', scopes: ['orders:read'], age: 74, daily: 24 },
  {
    name: 'Fraud scoring',
    owner: 'data-team',
    tier: 'basic',
    tags: ['team:payments'],
    scopes: ['orders:read', 'customers:read'],
    age: 61,
    life: 180,
    daily: 150,
    amiss: 9,
  },
  { name: 'Partner: Nordwind Logistik', owner: 'nordwind', tier: 'basic', scopes: ['shipments:*'], age: 55, life: 60, daily: 95, amiss: 3 },
  { name: 'Partner: Ōsaka Freight', owner: 'osaka-freight', tier: 'basic', scopes: ['shipments:read'], age: 50, life: 365, daily: 48 },
  {
    name: 'Support console',
    owner: 'support',
    tier: 'basic',
    scopes: ['customers:read', 'orders:read'],
    age: 44,
    life: 365,
    daily: 130,
    amiss: 5,
  },
  { name: 'Integration tests', owner: 'platform', tier: 'free', environment: 'test', scopes: ['*:*'], age: 40, daily: 180, amiss: 12 },
  {
    name: 'Old importer',
    owner: 'data-team',
    tier: 'free',
    tags: ['legacy', 'to-be-removed-after-the-migration-2027'],
    scopes: ['catalog:write'],
    age: 100,
    daily: 20,
    silentFor: 95,
  },
  { name: 'Grafana probe', owner: 'platform', tier: 'free', scopes: ['status:read'], age: 35, daily: 96 },
  {
    name: 'Hackathon',
    owner: 'platform',
    tier: 'free',
    environment: 'test',
    tags: ['temporary'],
    scopes: ['catalog:read'],
    age: 30,
    life: 14,
    daily: 30,
  },
  {
    name: 'Invoice printer',
    owner: 'billing',
    tier: 'basic',
    tags: ['team:payments', 'warehouse'],
    scopes: ['invoices:read'],
    age: 22,
    life: 365,
    daily: 40,
  },
  { name: 'Laptop of Dana', owner: 'platform', tier: 'free', environment: 'test', scopes: ['catalog:read'], age: 15, life: 30, daily: 0 },
  { name: 'Webhook relay', owner: 'storefront', tier: 'basic', scopes: ['orders:read'], age: 9, life: 90, daily: 210, amiss: 2 },
];

const TIERS = {
  free: [{ name: 'requests', limit: 100, window: '1h' }],
  basic: [{ name: 'requests', limit: 1_000, window: '1h' }],
  pro: [
    { name: 'requests', limit: 10_000, window: '1h' },
    { name: 'burst', limit: 120, window: '1m', algorithm: 'token-bucket', burst: 60 },
  ],
} as const;

const OWNERS: Readonly<Record<string, string>> = {
  storefront: 'Storefront',
  mobile: 'Mobile team',
  'data-team': 'Data team',
  nordwind: 'Nordwind Logistik GmbH',
  'osaka-freight': 'Ōsaka Freight',
  support: 'Customer support',
  platform: 'Platform',
  billing: 'Billing',
};

/** Whom the log names. */
const OPERATOR = { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] }, address: '203.0.113.40' } as const;

const ADDRESSES = ['203.0.113.7', '198.51.100.24', '192.0.2.130', '2001:db8:4::17'];
const AGENTS = ['storefront/4.2 (node)', 'okhttp/4.12.0', 'python-requests/2.32', 'curl/8.9.1'];

/** How the service over these data is set up. */
export const DEMO_VARIABLES = {
  LATCHKEY_SELF_SERVICE_SCOPES: 'orders:read,catalog:read',
  LATCHKEY_PORTAL_NAME: 'Acme',
  LATCHKEY_PORTAL_COLOR: '#7a2e8e',
};

export async function prepareDemo(database: string): Promise<void> {
  const present = Date.now();
  const clock = createTestClock(present - 101 * DAY);
  const latchkey = await createLatchkey({ database, clock });
  for (const [name, limits] of Object.entries(TIERS)) await latchkey.tiers.put(name, { limits }, OPERATOR);
  const tokens = new Map<DemoKey, string>();
  const dice = createDice(7);
  const byAge = KEYS.toSorted((one, other) => other.age - one.age);
  for (let day = 100; day >= 0; day--) {
    for (const [index, key] of byAge.entries()) {
      if (key.age === day) {
        clock.set(present - day * DAY - (byAge.length - index) * 60_000);
        tokens.set(key, await create(latchkey, key));
      }
    }
    for (const hour of hoursOf(day)) {
      const start = present - day * DAY - (day > 1 ? DAY - HOUR : (24 - hour) * HOUR);
      clock.set(start);
      for (const [index, [key, token]] of [...tokens.entries()].entries()) {
        const silent = key.silentFor !== undefined && day < key.silentFor;
        const rests = day === 0 && hour > 23 - ((index * 5) % 9);
        const count = silent || rests ? 0 : Math.round(key.daily * shareOf(day, hour) * (0.6 + dice() * 0.8));
        for (let call = 0; call < count; call++) {
          // Spread over the hour or the day that they stand for, or they would run into the limits.
          clock.set(start + Math.floor((call / count) * (day > 1 ? DAY - HOUR : HOUR - 60_000)));
          await verify(latchkey, { key, token, index, dice });
        }
      }
    }
  }
  clock.set(present);
  await finish(latchkey, tokens);
  await latchkey.close();
}

async function create(latchkey: Latchkey, { name, owner, tier, environment, scopes, tags, life }: DemoKey): Promise<string> {
  const known = OWNERS[owner];
  if (known !== undefined) await latchkey.owners.update(owner, { name: known }, OPERATOR);
  const input = {
    name,
    owner,
    tier,
    environment,
    scopes,
    ...(tags !== undefined && { tags }),
    ...(life !== undefined && { expiresIn: `${life}d` }),
  };
  const { token } = await latchkey.keys.create(input, OPERATOR);
  return token?.reveal() ?? '';
}

interface Call {
  readonly key: DemoKey;
  readonly token: string;
  readonly index: number;
  readonly dice: () => number;
}

async function verify(latchkey: Latchkey, { key, token, index, dice }: Call): Promise<void> {
  const isAmiss = dice() * 100 < (key.amiss ?? 0);
  const scopes = isAmiss ? ['admin:write'] : [];
  const origin = { ip: ADDRESSES[index % ADDRESSES.length], userAgent: AGENTS[index % AGENTS.length] };
  await latchkey.verify(token, { scopes, environment: isAmiss && index % 3 === 0 ? 'test' : key.environment, ...origin });
}

/** What operators did of late. */
async function finish(latchkey: Latchkey, tokens: ReadonlyMap<DemoKey, string>): Promise<void> {
  const { data } = await latchkey.keys.list({ limit: 100 }, OPERATOR);
  const idOf = (name: string): string => data.find((key) => key.name === name)?.id ?? '';
  await latchkey.keys.update(
    idOf('Fraud scoring'),
    {
      ipRules: ['203.0.113.0/24', '2001:db8:4::/48'],
      credits: { remaining: 40_000, refill: { amount: 50_000, every: 'month' } },
      metadata: { team: 'risk', ticket: 'OPS-812' },
    },
    OPERATOR,
  );
  await latchkey.owners.update('nordwind', { limits: [{ name: 'shared', limit: 5_000, window: '1d' }], maxKeys: 3 }, OPERATOR);
  await latchkey.keys.rotate(idOf('Checkout'), { grace: '7d' }, OPERATOR);
  for (const [key, token] of tokens)
    if (key.name === 'Checkout') await latchkey.verify(token, { ip: '203.0.113.7', userAgent: 'storefront/4.1 (node)' });
  await latchkey.keys.disable(idOf('Grafana probe'), { reason: 'Moved to the status page' }, OPERATOR);
  await latchkey.keys.revoke(idOf('Webhook relay'), { reason: 'Token was committed to a public repository' }, OPERATOR);
  await latchkey.owners.suspend('osaka-freight', { reason: 'Unpaid invoice 2026-1177' }, OPERATOR);
}

/** Each hour of the last two days; of the days before, one. */
function hoursOf(day: number): readonly number[] {
  return day > 1 ? [12] : Array.from({ length: 24 }, (_, hour) => hour);
}

/** The part of a day's requests that falls into an hour. Long ago there were fewer of them. */
function shareOf(day: number, hour: number): number {
  if (day > 1) return day > 14 ? 0.4 : 0.9;
  return 0.012 + 0.058 * Math.max(0, Math.sin(((hour - 5) / 18) * Math.PI));
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
