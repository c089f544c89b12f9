import type { Config } from '../../src/config/index.js';

/** For each setting that is not a secret: three values, as texts, and what they are read as. */
export const SAMPLES: Readonly<Partial<Record<keyof Config, readonly [text: string, value: unknown][]>>> = {
  host: [
    ['0.0.0.0', '0.0.0.0'],
    ['::1', '::1'],
    ['localhost', 'localhost'],
  ],
  port: [
    ['0', 0],
    ['80', 80],
    ['65535', 65_535],
  ],
  database: [
    [':memory:', ':memory:'],
    ['file:a.db', 'file:a.db'],
    ['file:/b', 'file:/b'],
  ],
  databasePool: [
    ['3', 3],
    ['20', 20],
    ['200', 200],
  ],
  databaseTimeoutMs: [
    ['100', 100],
    ['1000', 1_000],
    ['60000', 60_000],
  ],
  redis: [
    ['redis://localhost', 'redis://localhost'],
    ['rediss://user@redis:6380/3', 'rediss://user@redis:6380/3'],
    ['redis+cluster://a:7000,[::1]:7001', 'redis+cluster://a:7000,[::1]:7001'],
  ],
  redisPrefix: [
    ['a:', 'a:'],
    ['acme', 'acme'],
    ['acme.live-1:', 'acme.live-1:'],
  ],
  limiterTimeoutMs: [
    ['5', 5],
    ['250', 250],
    ['60000', 60_000],
  ],
  limitedKeys: [
    ['1000', 1_000],
    ['50000', 50_000],
    ['2000000', 2_000_000],
  ],
  nodes: [
    ['1', 1],
    ['3', 3],
    ['10000', 10_000],
  ],
  prefix: [
    ['a', 'a'],
    ['acme', 'acme'],
    ['acme_x', 'acme_x'],
  ],
  environments: [
    ['live', ['live']],
    ['live, test', ['live', 'test']],
    ['live,b,c', ['live', 'b', 'c']],
  ],
  environment: [
    ['live', 'live'],
    ['test', 'test'],
    ['live', 'live'],
  ],
  scopes: [
    ['a:read', ['a:read']],
    ['a:read, a:write', ['a:read', 'a:write']],
    ['a:read,b:read', ['a:read', 'b:read']],
  ],
  maxKeysPerOwner: [
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ],
  minKeyLifetime: [
    ['1s', '1s'],
    ['5m', '5m'],
    ['1h', '1h'],
  ],
  maxKeyLifetime: [
    ['90d', '90d'],
    ['1y', '1y'],
    ['100y', '100y'],
  ],
  defaultKeyLifetime: [
    ['1d', '1d'],
    ['90d', '90d'],
    ['1y', '1y'],
  ],
  trustedProxies: [
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['::1,fe80::/10', ['::1', 'fe80::/10']],
    ['192.0.2.1', ['192.0.2.1']],
  ],
  allowQueryKey: [
    ['true', true],
    ['false', false],
    ['1', true],
  ],
  guessesPerMinute: [
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ],
  cacheKeys: [
    ['2', 2],
    ['3', 3],
    ['4', 4],
  ],
  cacheUnknown: [
    ['2', 2],
    ['3', 3],
    ['10000000', 10_000_000],
  ],
  unknownTtlMs: [
    ['0', 0],
    ['1', 1],
    ['3600000', 3_600_000],
  ],
  onLimiterFailure: [
    ['allow', 'allow'],
    ['deny', 'deny'],
    ['local', 'local'],
  ],
  consistency: [
    ['strict', 'strict'],
    ['lease', 'lease'],
    ['strict', 'strict'],
  ],
  leaseMs: [
    ['1000', 1000],
    ['2000', 2000],
    ['3000', 3000],
  ],
  staleIfErrorMs: [
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ],
  writeBehindMs: [
    ['100', 100],
    ['1000', 1000],
    ['60000', 60_000],
  ],
  usageHoursKeptDays: [
    ['2', 2],
    ['31', 31],
    ['92', 92],
  ],
  usageDaysKept: [
    ['93', 93],
    ['366', 366],
    ['1000', 1000],
  ],
  bodyLimit: [
    ['1024', 1024],
    ['2048', 2048],
    ['4096', 4096],
  ],
  maxConnections: [
    ['1', 1],
    ['200', 200],
    ['3000', 3000],
  ],
  logLevel: [
    ['debug', 'debug'],
    ['error', 'error'],
    ['silent', 'silent'],
  ],
  jwtOwnerClaim: [
    ['sub', 'sub'],
    ['team', 'team'],
    ['org', 'org'],
  ],
  selfServiceScopes: [
    ['a:read', ['a:read']],
    ['a:read,b:read', ['a:read', 'b:read']],
    ['a:*', ['a:*']],
  ],
  selfServiceTiers: [
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['b,c', ['b', 'c']],
  ],
  selfServiceDefaultTier: [
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ],
  selfServiceEnvironments: [
    ['live', ['live']],
    ['test,live', ['test', 'live']],
    ['test', ['test']],
  ],
  selfServiceChangesPerHour: [
    ['1', 1],
    ['60', 60],
    ['1000000', 1_000_000],
  ],
  selfServiceMaxKeys: [
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ],
  selfServiceMaxExpiry: [
    ['1d', '1d'],
    ['2d', '2d'],
    ['3d', '3d'],
  ],
  selfServiceDefaultExpiry: [
    ['1d', '1d'],
    ['2d', '2d'],
    ['3d', '3d'],
  ],
  selfServiceNeverExpires: [
    ['true', true],
    ['false', false],
    ['true', true],
  ],
  publicUrl: [
    ['https://a.example', 'https://a.example'],
    ['https://b.example', 'https://b.example'],
    ['https://c.example', 'https://c.example'],
  ],
  portalName: [
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ],
  portalLogoUrl: [
    ['/a.svg', '/a.svg'],
    ['/b.svg', '/b.svg'],
    ['/c.svg', '/c.svg'],
  ],
  portalColor: [
    ['#000001', '#000001'],
    ['#000002', '#000002'],
    ['#000003', '#000003'],
  ],
  portalFrameAncestors: [
    ['https://a.example', ['https://a.example']],
    ['https://a.example,https://b.example', ['https://a.example', 'https://b.example']],
    ['https://c.example', ['https://c.example']],
  ],
  metrics: [
    ['operator', 'operator'],
    ['off', 'off'],
    ['open', 'open'],
  ],
  metricsPort: [
    ['0', 0],
    ['9464', 9_464],
    ['65535', 65_535],
  ],
  docs: [
    ['operator', 'operator'],
    ['off', 'off'],
    ['open', 'open'],
  ],
  openapi: [
    ['operator', 'operator'],
    ['off', 'off'],
    ['open', 'open'],
  ],
  oidcLabel: [
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ],
  oidcScopes: [
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['c', ['c']],
  ],
  oidcGroupsClaim: [
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ],
  oidcOperatorScopes: [
    ['keys:read', ['keys:read']],
    ['keys:read,*:read', ['keys:read', '*:read']],
    ['*:*', ['*:*']],
  ],
  shutdownMs: [
    ['0', 0],
    ['1', 1],
    ['2', 2],
  ],
};
