import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagOf, variableOf, type Setting } from 'latchkey/internal';
import { readConfig, SETTINGS, type Config, type ConfigReading } from '../../src/config/index.js';
import { SAMPLES } from './setting-samples.js';

const ROWS = Object.entries<Setting>(SETTINGS);

const variableNamed = (field: string): string => variableOf(field, SETTINGS[field as keyof Config]) ?? '';

const ADMIN_KEY = 'a-key-of-more-than-16-characters';

interface Given {
  readonly variables?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly file?: unknown;
  readonly files?: Readonly<Record<string, string>>;
}

function read({ variables = {}, flags, file, files = {} }: Given): ConfigReading {
  const texts: Readonly<Record<string, string>> = { ...files, ...(file === undefined ? {} : { 'latchkey.json': JSON.stringify(file) }) };
  return readConfig({
    variables,
    flags,
    configFlag: file === undefined ? undefined : 'latchkey.json',
    readText(path) {
      const text = texts[path];
      if (text === undefined) throw new Error('ENOENT');
      return text;
    },
  });
}

describe('readConfig', () => {
  it('has a default for every setting, and no problem with none given', () => {
    const { config, problems, warnings } = read({});
    expect([problems, warnings]).toEqual([[], []]);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8787, database: 'file:./latchkey.db', adminKey: null, prefix: 'lk' });
    expect(Object.keys(config ?? {})).toEqual(ROWS.map(([field]) => field));
  });

  it.each(Object.entries(SAMPLES))('%s: a flag goes before a variable, a variable before the file', (field, samples) => {
    const variable = variableNamed(field);
    const [inFlag, inVariable, inFile] = samples;
    const sources = {
      flags: { [field]: inFlag?.[0] },
      variables: { [variable]: inVariable?.[0] ?? '' },
      file: { [field]: inFile?.[1] },
    };
    const valueOf = (given: Given): unknown => read(given).config?.[field as keyof Config];
    expect(valueOf(sources)).toEqual(inFlag?.[1]);
    expect(valueOf({ variables: sources.variables, file: sources.file })).toEqual(inVariable?.[1]);
    expect(valueOf({ file: sources.file })).toEqual(inFile?.[1]);
    expect(valueOf({ variables: { [variable]: '' }, file: sources.file })).toEqual(inFile?.[1]);
  });

  it('samples above cover every setting but secrets, their files, tiers, and what only goes together', () => {
    const uncovered = ROWS.map(([field]) => field).filter((field) => SAMPLES[field as keyof Config] === undefined);
    expect(uncovered).toEqual([
      'adminKey',
      'adminKeyFile',
      'databaseFile',
      'tiers',
      'peppers',
      'peppersFile',
      'redisFile',
      'jwtJwksUrl',
      'jwtPublicKey',
      'jwtPublicKeyFile',
      'jwtSecret',
      'jwtSecretFile',
      'jwtIssuer',
      'jwtAudience',
      'oidcIssuer',
      'oidcClientId',
      'oidcClientSecret',
      'oidcClientSecretFile',
      'oidcAllowedEmails',
      'oidcAllowedGroups',
      'metricsHost',
    ]);
  });

  it('lifetimes of keys that contradict each other are refused, by the names by which they came', () => {
    const problemsOf = (variables: Readonly<Record<string, string>>, flags = {}) => read({ variables, flags }).problems;
    expect(problemsOf({ LATCHKEY_MIN_KEY_LIFETIME: '2d', LATCHKEY_MAX_KEY_LIFETIME: '1d' })).toEqual([
      'LATCHKEY_MIN_KEY_LIFETIME: use a duration that is not longer than LATCHKEY_MAX_KEY_LIFETIME.',
    ]);
    expect(problemsOf({ LATCHKEY_MAX_KEY_LIFETIME: '30d', LATCHKEY_SELF_SERVICE_MAX_EXPIRY: '1y' })).toEqual([
      'LATCHKEY_SELF_SERVICE_MAX_EXPIRY, LATCHKEY_MAX_KEY_LIFETIME: let owners choose no longer lifetime than keys may have.',
    ]);
    expect(problemsOf({ LATCHKEY_SELF_SERVICE_NEVER_EXPIRES: 'true' }, { maxKeyLifetime: '30d' })).toEqual([
      'LATCHKEY_SELF_SERVICE_NEVER_EXPIRES, --max-key-lifetime: leave one out, since every key expires.',
    ]);
    expect(problemsOf({ LATCHKEY_MAX_KEY_LIFETIME: '30d' })).toEqual([]);
  });

  it('metrics: settings that contradict each other are refused, by the names by which they came', () => {
    const problemsOf = (variables: Readonly<Record<string, string>>, flags = {}) => read({ variables, flags }).problems;
    expect(problemsOf({ LATCHKEY_METRICS: 'off', LATCHKEY_METRICS_PORT: '9464' })).toEqual([
      'LATCHKEY_METRICS_PORT: leave it out, or set LATCHKEY_METRICS to open or operator; metrics are off.',
    ]);
    expect(problemsOf({ LATCHKEY_METRICS_HOST: '0.0.0.0' })).toEqual([
      'LATCHKEY_METRICS_HOST: set LATCHKEY_METRICS_PORT as well; without it the service answers /metrics on its own port.',
    ]);
    expect(problemsOf({ PORT: '9464' }, { metricsPort: '9464' })).toEqual([
      '--metrics-port: use another port than that of the service (PORT).',
    ]);
    expect(problemsOf({ PORT: '9464', LATCHKEY_METRICS_PORT: '9464', LATCHKEY_METRICS_HOST: '10.0.0.1' })).toEqual([]);
    expect(problemsOf({ PORT: '0', LATCHKEY_METRICS_PORT: '0', LATCHKEY_METRICS: 'operator' })).toEqual([]);
    expect(problemsOf({ LATCHKEY_DOCS: 'closed' })).toEqual(['LATCHKEY_DOCS: use one of open, operator, off.']);
  });

  it('metrics: what Kubernetes sets beside a service called latchkey-metrics is no port, and no unknown variable', () => {
    const variables = {
      LATCHKEY_METRICS_PORT: 'tcp://10.3.241.7:9464',
      LATCHKEY_METRICS_PORT_9464_TCP: 'tcp://10.3.241.7:9464',
      LATCHKEY_METRICS_SERVICE_HOST: '10.3.241.7',
    };
    expect(read({ variables })).toMatchObject({ problems: [], warnings: [], config: { metricsPort: null } });
    expect(read({ variables, file: { metricsPort: 9_464 } }).config?.metricsPort).toBe(9_464);
  });

  it('says of scopes that there are not, in the list or in what owners may give, by the names of the settings', () => {
    const { problems } = read({ variables: { LATCHKEY_SCOPES: 'a:*' } });
    expect(problems).toEqual(['LATCHKEY_SCOPES: name each without "*"; what covers them with "*" may be given all the same.']);
    const own = read({ variables: { LATCHKEY_SCOPES: 'a:read', LATCHKEY_SELF_SERVICE_SCOPES: 'a:*,b:read' } });
    expect(own.problems).toEqual([expect.stringMatching(/^LATCHKEY_SELF_SERVICE_SCOPES: use one of the scopes that there are \(a:read\)/)]);
    expect(read({ variables: { LATCHKEY_SCOPES: 'a:read', LATCHKEY_SELF_SERVICE_SCOPES: 'a:*' } }).problems).toEqual([]);
  });

  it('names every problem at once: which setting of which source, and what would be right', () => {
    const { config, problems } = read({
      flags: { port: '-1', trustedProxies: '10.0.0.0/33' },
      variables: {
        ADMIN_API_KEY: 'short',
        LATCHKEY_ENVIRONMENT: 'other',
        LATCHKEY_SCOPES: 'a',
        LATCHKEY_ALLOW_QUERY_KEY: 'yes',
      },
      file: { cacheKeys: '1', prefix: 'NO', tiers: { free: [{ name: 'daily', limit: 0, window: '1d' }] }, prot: 1, adminKey: ADMIN_KEY },
    });
    expect(config).toBeNull();
    const starts = [
      '--port: use a whole number',
      '--trusted-proxies: use addresses and CIDR blocks',
      'ADMIN_API_KEY: use at least 16',
      'LATCHKEY_SCOPES: use ',
      'LATCHKEY_ENVIRONMENT: use one of the environments',
      'LATCHKEY_ALLOW_QUERY_KEY: use true or false',
      'cacheKeys (in the file): use a whole number',
      'prefix (in the file): use 1 to 24 characters',
      'prot (in the file): No such setting; did you mean "port"?',
      'adminKey (in the file): a secret does not belong here; set ADMIN_API_KEY, or adminKeyFile.',
    ];
    for (const start of starts)
      expect(
        problems.some((problem) => problem.startsWith(start)),
        `${start}\n${problems.join('\n')}`,
      ).toBe(true);
    expect(problems.some((problem) => problem.startsWith('tiers.free[0].limit (in the file): '))).toBe(true);
    expect(problems).toHaveLength(starts.length + 1);
  });

  it('no problem and no warning ever repeats a value', () => {
    const settings = ROWS.filter(([field, row]) => variableOf(field, row) !== null);
    const value = fc.string({ minLength: 6, maxLength: 30, unit: fc.constantFrom('Q', 'Z', 'X', 'J', '!', '*', '{', '}') });
    fc.assert(
      fc.property(fc.constantFrom(...settings), value, ([chosen, row], secret) => {
        const variables = { [variableNamed(chosen)]: secret, LATCHKEY_UNKNOWN: secret, REDIS_URL: secret };
        const file = Object.fromEntries(settings.map(([field]) => [field, secret]));
        const flags = flagOf(chosen, row) === null ? {} : { [chosen]: secret };
        for (const given of [{ variables }, { file }, { flags }, { variables: { LATCHKEY_CONFIG: secret } }]) {
          const { problems, warnings } = read(given);
          for (const text of [...problems, ...warnings]) expect(text).not.toContain(secret);
        }
      }),
    );
  });

  it('unknown variables: refuses one that is a misspelt setting, and warns of others that begin with LATCHKEY_', () => {
    const { problems, warnings } = read({
      variables: {
        LATCHKEY_PREFX: 'a',
        LATCHKEY_DATABASE_URL: 'file:a.db',
        LATCHKEY_CONFG: 'a.json',
        LATCKEY_PEPPERS: 'p1:x',
        LATCHKEY_DEPLOYED_BY: 'ci',
        LATCHKEY_PR: '12',
        LATCHKEY_SCOPE: '',
        DATABASE_URI: 'x',
        LATCHKEY_URL: 'http://x',
      },
    });
    expect(problems).toEqual([
      'LATCHKEY_PREFX: No such variable; did you mean "LATCHKEY_PREFIX"?',
      'LATCHKEY_DATABASE_URL: No such variable; did you mean "DATABASE_URL"?',
      'LATCHKEY_CONFG: No such variable; did you mean "LATCHKEY_CONFIG"?',
      'LATCKEY_PEPPERS: No such variable; did you mean "LATCHKEY_PEPPERS"?',
    ]);
    expect(warnings).toEqual([
      'LATCHKEY_DEPLOYED_BY: No such variable. The service does not use it.',
      'LATCHKEY_PR: No such variable. The service does not use it.',
      'DATABASE_URI: The service does not use it. Did you mean "DATABASE_URL"?',
    ]);
    const others = { DATABASE_URL: 'file:a.db', DATABASE_URI: 'x', REDIS_URL: 'redis://a', REDIS_URI: 'x', PORTT: '1' };
    expect(read({ variables: others }).warnings).toEqual([]);
  });

  it('unknown variables: says nothing of what Kubernetes sets beside services whose names begin with latchkey', () => {
    const variables = {
      LATCHKEY_SERVICE_HOST: '10.3.241.7',
      LATCHKEY_SERVICE_PORT: '8787',
      LATCHKEY_SERVICE_PORT_HTTP: '8787',
      LATCHKEY_PORT: 'tcp://10.3.241.7:8787',
      LATCHKEY_PORT_8787_TCP: 'tcp://10.3.241.7:8787',
      LATCHKEY_PORT_8787_TCP_ADDR: '10.3.241.7',
      LATCHKEY_REDIS_PORT: 'tcp://10.3.241.8:6379',
      LATCHKEY_REDIS_PORT_6379_TCP_PROTO: 'tcp',
      LATCHKEY_REDIS_SERVICE_HOST: '10.3.241.8',
    };
    expect(read({ variables })).toMatchObject({ problems: [], warnings: [] });
    expect(read({ variables: { LATCHKEY_PORT: '8787' } }).problems).toEqual(['LATCHKEY_PORT: No such variable; did you mean "PORT"?']);
  });

  it('takes the URL of Redis in every form, one with a password from its variable or a file of its own alone', () => {
    const url = 'rediss+cluster://latchkey:s3cret%3A@redis-1:7000,redis-2';
    expect(read({ variables: { REDIS_URL: url } }).config?.redis).toBe(url);
    expect(read({ variables: { REDIS_URL_FILE: 'redis' }, files: { redis: `${url}\n` } }).config?.redis).toBe(url);
    for (const [name, given] of [
      ['--redis', { flags: { redis: url } }],
      ['redis (in the file)', { file: { redis: 'redis://:s3cret@h' } }],
    ] as const) {
      expect(read(given).problems).toEqual([`${name}: a password does not belong here; set REDIS_URL, or REDIS_URL_FILE.`]);
    }
    const fromFile = { variables: { REDIS_URL_FILE: 'redis' }, files: { redis: url } };
    expect(read({ ...fromFile, flags: { redis: 'redis://h' } }).config?.redis).toBe('redis://h');
    expect(read({ ...fromFile, variables: { ...fromFile.variables, REDIS_URL: url } }).problems).toEqual([
      'REDIS_URL_FILE: give this or REDIS_URL, not both.',
    ]);
    expect(read({ variables: { REDIS_URL: 'redis://u:s3cret@h/x' } }).problems).toEqual([
      expect.stringMatching(/^REDIS_URL: use redis:\/\//),
    ]);
    expect(read({ variables: { REDIS_URL_FILE: 'redis' }, files: { redis: 'redis://a,b' } }).problems).toEqual([
      'REDIS_URL_FILE (what the file holds): several hosts are those of a cluster: use redis+cluster://.',
    ]);
    expect(read({ variables: { LATCHKEY_REDIS_PREFIX: 'a{b}' } }).problems).toEqual([
      expect.stringMatching(/^LATCHKEY_REDIS_PREFIX: use 1 to 64/),
    ]);
  });

  it('reads secrets from files of their own, and refuses both at once', () => {
    const pepper = 'r4hN0c7oWQxkBz1sVt8mJeYp5uGd2aLf';
    const files = { key: `${ADMIN_KEY}\n`, peppers: `new:${pepper}\nold:${pepper}\n` };
    const { config, problems } = read({ variables: { ADMIN_API_KEY_FILE: 'key' }, flags: { peppersFile: 'peppers' }, files });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      adminKey: ADMIN_KEY,
      peppers: [
        { id: 'new', secret: pepper },
        { id: 'old', secret: pepper },
      ],
    });
    expect(read({ variables: { ADMIN_API_KEY_FILE: 'key', ADMIN_API_KEY: ADMIN_KEY }, files }).problems).toEqual([
      'ADMIN_API_KEY_FILE: give this or ADMIN_API_KEY, not both.',
    ]);
    expect(read({ variables: { ADMIN_API_KEY_FILE: 'none' } }).problems[0]).toMatch(/^ADMIN_API_KEY_FILE: the file cannot be read/);
  });

  it('takes the URL of a PostgreSQL database with its password from a variable or a file of its own alone', () => {
    const url = 'postgresql://latchkey:pass-phrase@db.example:6432/keys?schema=own&sslmode=verify-full';
    expect(read({ variables: { DATABASE_URL: url } }).config?.database).toBe(url);
    expect(read({ variables: { DATABASE_URL_FILE: 'url' }, files: { url: `${url}\n` } }).config?.database).toBe(url);
    const bare = url.replace(':pass-phrase', '');
    expect(read({ flags: { database: bare } }).config?.database).toBe(bare);
    expect(read({ flags: { database: url } }).problems).toEqual([
      '--database: a password does not belong here; set DATABASE_URL, or DATABASE_URL_FILE.',
    ]);
    expect(read({ file: { database: url } }).problems).toEqual([
      'database (in the file): a password does not belong here; set DATABASE_URL, or DATABASE_URL_FILE.',
    ]);
    const both = { DATABASE_URL: url, DATABASE_URL_FILE: 'url' };
    expect(read({ variables: both, files: { url } }).problems).toEqual(['DATABASE_URL_FILE: give this or DATABASE_URL, not both.']);
    expect(read({ flags: { database: bare }, variables: { DATABASE_URL_FILE: 'url' }, files: { url } }).config?.database).toBe(bare);
  });

  it('says what is wrong with the URL of a database without repeating any of it', () => {
    for (const [url, expected] of [
      ['mysql://u:pass-phrase@h/d', /^DATABASE_URL: use file:<path>.*postgres:/],
      ['postgres://u:pass-phrase@h/d?sslmod=require', /^DATABASE_URL: the URL has a parameter that Latchkey does not know/],
      ['postgres://u:pass-phrase@h/', /^DATABASE_URL: the URL names no database/],
      ['postgres://u:pass-phrase?x@h/d', /^DATABASE_URL: the URL cannot be read.*%XX/],
      ['postgres://u:pass-phrase@h,h2/d', /^DATABASE_URL: give one host, not several/],
      ['postgres://u:pass-phrase@h/d?host=h2', /^DATABASE_URL: the URL names two hosts/],
      ['file:./latchkey.db?pass-phrase=1', /^DATABASE_URL: file:<path> takes no parameters/],
      ['file:./latchkey.db#pass-phrase', /^DATABASE_URL: file:<path> takes no parameters/],
    ] as const) {
      const { problems } = read({ variables: { DATABASE_URL: url } });
      expect(problems).toEqual([expect.stringMatching(expected)]);
      expect(problems.join()).not.toMatch(/pass-phrase|sslmod\b|h2/);
    }
  });

  it('reads peppers in order, and refuses those that are too short or alike in name', () => {
    const [first, second] = ['r4hN0c7oWQxkBz1sVt8mJeYp5uGd2aLf', 'm9TQe0bXw3RkPz6yHs1vUj8dFa5nLc2iGo7tKqEx4ZrW'];
    expect(read({ variables: { LATCHKEY_PEPPERS: `p2:${second}, p1:${first}` } }).config?.peppers).toEqual([
      { id: 'p2', secret: second },
      { id: 'p1', secret: first },
    ]);
    for (const peppers of [`p1:${first.slice(1)}`, `p1:${first},p1:${second}`, first, `P1:${first}`]) {
      expect(read({ variables: { LATCHKEY_PEPPERS: peppers } }).problems).toEqual([expect.stringMatching(/^LATCHKEY_PEPPERS: /)]);
    }
  });

  it('refuses secrets that are easy to guess, whatever their length, and repeats none', () => {
    for (const weak of ['aaaaaaaaaaaaaaaa', 'abcdefghijklmnop', '1234567890123456', 'passwordpassword', 'qwertyuiop123456']) {
      const inFile = { variables: { ADMIN_API_KEY_FILE: 'key' }, files: { key: `${weak}\n` } };
      for (const given of [{ variables: { ADMIN_API_KEY: weak } }, inFile]) {
        const { config, problems } = read(given);
        expect([config, problems]).toEqual([null, [expect.stringMatching(/^ADMIN_API_KEY.*hard to guess.*openssl rand -base64 32/)]]);
        expect(problems.join()).not.toContain(weak);
      }
    }
    const long = 'secret'.repeat(20);
    expect(read({ variables: { LATCHKEY_PEPPERS: `p1:${long}` } }).problems).toEqual([
      'LATCHKEY_PEPPERS: "p1" is easy to guess; make another (openssl rand -base64 32).',
    ]);
    const jwt = { LATCHKEY_JWT_SECRET: long, LATCHKEY_JWT_ISSUER: 'https://id.example/', LATCHKEY_JWT_AUDIENCE: 'portal' };
    expect(read({ variables: jwt }).problems).toEqual([expect.stringMatching(/^LATCHKEY_JWT_SECRET: .*that nobody can guess/)]);
  });

  it('reads a long URL in linear time', () => {
    const url = `postgres://${':'.repeat(1_000_000)}`;
    expect(read({ flags: { database: url } }).problems).toHaveLength(1);
  });

  it('refuses a file that is no JSON object', () => {
    for (const text of ['', '[]', 'null', '{"port":1', '7']) {
      const reading = readConfig({ variables: { LATCHKEY_CONFIG: 'a' }, readText: () => text });
      expect(reading.problems).toEqual([expect.stringMatching(/^LATCHKEY_CONFIG: the file must hold one JSON object/)]);
    }
  });
});
