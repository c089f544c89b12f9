import { describe, expect, it } from 'vitest';
import { missingScopes, OPERATOR_SCOPES } from 'latchkey';
import { describeSettings, oidcOptionsOf, portalOf, readConfig } from '../../src/config/index.js';

type Variables = Readonly<Record<string, string>>;

const read = (variables: Variables) => readConfig({ variables, readText: () => 'from-a-file\n' });

const OIDC: Variables = {
  LATCHKEY_PUBLIC_URL: 'https://keys.example.com/',
  LATCHKEY_OIDC_ISSUER: 'https://id.example.com/realm',
  LATCHKEY_OIDC_CLIENT_ID: 'latchkey',
  LATCHKEY_OIDC_ALLOWED_EMAILS: 'Ada@Example.com,@example.org',
};

describe('the settings of the pages', () => {
  it('are read', () => {
    const { config, problems } = read({
      ...OIDC,
      LATCHKEY_OIDC_CLIENT_SECRET_FILE: '/run/secret',
      LATCHKEY_OIDC_SCOPES: 'email,groups',
      LATCHKEY_PORTAL_NAME: 'Acme & Söhne',
      LATCHKEY_PORTAL_COLOR: '#336699',
      LATCHKEY_PORTAL_FRAME_ANCESTORS: 'https://app.example.com, http://localhost:3000',
    });
    expect(problems).toEqual([]);
    if (config === null) throw new Error('It was not read.');
    expect(portalOf(config)).toEqual({
      branding: { name: 'Acme & Söhne', logoUrl: null, color: '#336699' },
      frameAncestors: ['https://app.example.com', 'http://localhost:3000'],
    });
    expect(oidcOptionsOf(config)).toMatchObject({
      redirectUri: 'https://keys.example.com/v1/session/oidc/callback',
      clientSecret: 'from-a-file',
      scopes: ['openid', 'email', 'groups'],
      allowedEmails: ['ada@example.com', '@example.org'],
      operatorScopes: ['*:read'],
    });
  });

  it('let operators of an issuer only read until their scopes are set, and say so', () => {
    const { config, warnings } = read(OIDC);
    if (config === null) throw new Error('It was not read.');
    expect(warnings).toEqual([expect.stringMatching(/^LATCHKEY_OIDC_OPERATOR_SCOPES: .* may only read/)]);
    const held = oidcOptionsOf(config)?.operatorScopes ?? [];
    expect(OPERATOR_SCOPES.filter((scope) => missingScopes(held, [scope]).length === 0)).toEqual(
      OPERATOR_SCOPES.filter((scope) => scope.endsWith(':read')),
    );
    const full = read({ ...OIDC, LATCHKEY_OIDC_OPERATOR_SCOPES: '*:*' });
    expect([full.warnings, full.config && oidcOptionsOf(full.config)?.operatorScopes]).toEqual([[], ['*:*']]);
    expect(read({}).warnings).toEqual([]);
  });

  it('are plain where nothing is said', () => {
    const { config } = read({});
    if (config === null) throw new Error('It was not read.');
    expect([portalOf(config), oidcOptionsOf(config)]).toEqual([{ branding: null, frameAncestors: [] }, null]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'LATCHKEY_PUBLIC_URL',
      ['https://keys.example.com', 'http://localhost:8787/'],
      ['keys.example.com', '/x', 'https://a.example/x', 'https://u:p4ss@a.example', 'ftp://a', 'https://a.example/?x'],
    ],
    ['LATCHKEY_PORTAL_NAME', ['Acme'], ['x'.repeat(61), 'a\u0007b', 'a\u202eb']],
    [
      'LATCHKEY_PORTAL_LOGO_URL',
      ['https://cdn.example.com/logo.svg', 'data:image/png;base64,AAAA', '/assets/logo.svg'],
      [
        'http://cdn.example.com/logo.svg',
        'javascript:alert(1)',
        'data:text/html,x',
        '//evil.example/x',
        '/\\evil.example',
        'https://u:p4ss@a.example/x',
        'https://a.example;x/y',
        'https://*/x',
      ],
    ],
    ['LATCHKEY_PORTAL_COLOR', ['#336699', '#ABCDEF'], ['red', '#333', 'url(x)', '#3366990', 'var(--x)']],
    [
      'LATCHKEY_PORTAL_FRAME_ANCESTORS',
      ['https://a.example,https://b.example:8443'],
      [
        '*',
        "'self'",
        'https://a.example/',
        'https://*.a.example',
        'https://a.example;x',
        'a.example',
        'data:x',
        'https://a.example; script-src *',
      ],
    ],
    [
      'LATCHKEY_OIDC_ISSUER',
      ['https://id.example.com', 'http://127.0.0.1:9000', 'http://localhost:9000/realm'],
      ['http://id.example.com', 'id.example.com', 'https://id.example.com/?x=1', 'https://u:p4ss@id.example.com'],
    ],
    ['LATCHKEY_OIDC_ALLOWED_EMAILS', ['ada@example.com,@example.org'], ['ada', 'ada@', '*', 'a@b@c']],
    ['LATCHKEY_OIDC_OPERATOR_SCOPES', ['keys:read,usage:*', '*:*'], ['admin', 'keys', 'keys:raed', 'keys:read,articles:*']],
    ['LATCHKEY_OIDC_SCOPES', ['openid,groups'], ['open id', '"x"']],
  ])('%s takes what it says, and refuses the rest by name without repeating it', (name, good, bad) => {
    for (const value of good) expect(read({ ...OIDC, [name]: value }).problems, value).toEqual([]);
    for (const value of bad) {
      const { config, problems } = read({ ...OIDC, [name]: value });
      expect(config, value).toBeNull();
      expect(problems.join('\n'), value).toMatch(new RegExp(`^${name}: use `));
      expect(problems.join('\n')).not.toMatch(/p4ss|evil/);
    }
  });

  it('of OpenID Connect are to be whole, and must say who may sign in', () => {
    for (const name of ['LATCHKEY_PUBLIC_URL', 'LATCHKEY_OIDC_ISSUER', 'LATCHKEY_OIDC_CLIENT_ID', 'LATCHKEY_OIDC_ALLOWED_EMAILS']) {
      const { [name]: _, ...rest } = OIDC;
      const { config, problems } = read(rest);
      expect([config, problems.length], name).toEqual([null, 1]);
      expect(problems[0]).toContain(name);
    }
    const { LATCHKEY_OIDC_ALLOWED_EMAILS: _, ...open } = OIDC;
    expect(read({ ...open, LATCHKEY_OIDC_ALLOWED_GROUPS: 'ops' }).problems).toEqual([]);
  });
});

describe('what operators see of the settings', () => {
  it('is every one of them, with its value as one would write it and whether that is the default', () => {
    const { config } = read({ ...OIDC, PORT: '9999' });
    if (config === null) throw new Error('It was not read.');
    const settings = new Map(describeSettings(config).map((setting) => [setting.name, setting]));
    expect(settings.get('PORT')).toMatchObject({ value: '9999', isDefault: false, secret: false, set: true });
    expect(settings.get('HOST')).toMatchObject({ value: '127.0.0.1', isDefault: true });
    expect(settings.get('LATCHKEY_ENVIRONMENTS')).toMatchObject({ value: 'live,test', isDefault: true });
    expect(settings.get('LATCHKEY_OIDC_ALLOWED_GROUPS')).toMatchObject({ value: null, isDefault: true, set: false });
    expect(settings.get('LATCHKEY_ALLOW_QUERY_KEY')).toMatchObject({ value: 'false' });
    expect(settings.get('tiers')).toMatchObject({ value: '{}' });
  });

  it('is of no secret more than whether there is one, and of no address what opens it', () => {
    const secrets: Variables = {
      ADMIN_API_KEY: 'an-admin-key-s3cr3t',
      LATCHKEY_PEPPERS: 'p1:s3cr3t-r4hN0c7oWQxkBz1sVt8mJeYp5uGd2aLf',
      LATCHKEY_JWT_SECRET: 's3cr3t-m9TQe0bXw3RkPz6yHs1vUj8dFa5nLc2i',
      LATCHKEY_JWT_ISSUER: 'https://user:s3cr3t@id.example/x?token=s3cr3t#s3cr3t',
      LATCHKEY_JWT_AUDIENCE: 'x',
      LATCHKEY_OIDC_CLIENT_SECRET: 's3cr3t',
    };
    const { config, problems } = read({ ...OIDC, ...secrets });
    if (config === null) throw new Error(problems.join('\n'));
    const database = 'postgres://latchkey:s3,s3cr3t@db.example:5432/keys?sslmode=require';
    const redis = 'redis+cluster://latchkey:s3cr3t,s3cr3t@s3cr3t?#@one:6379,two:6379';
    const described = describeSettings({ ...config, database, redis });
    expect(JSON.stringify(described)).not.toContain('s3cr3t');
    const settings = new Map(described.map((setting) => [setting.name, setting]));
    for (const name of ['ADMIN_API_KEY', 'LATCHKEY_PEPPERS', 'LATCHKEY_JWT_SECRET', 'LATCHKEY_OIDC_CLIENT_SECRET']) {
      expect(settings.get(name), name).toMatchObject({ value: null, secret: true, set: true, isDefault: false });
    }
    expect(settings.get('DATABASE_URL')?.value).toBe('postgres://db.example:5432/keys');
    expect(settings.get('REDIS_URL')?.value).toBe('redis+cluster://one:6379,two:6379');
    expect(settings.get('LATCHKEY_JWT_ISSUER')?.value).toBe('https://id.example/x');
  });
});
