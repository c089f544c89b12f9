import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  base64url,
  CompactEncrypt,
  exportJWK,
  exportSPKI,
  FlattenedSign,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigurationError } from '../../src/domain/errors.js';
import { createJwtVerifier, type JwtClock, type JwtOptions } from '../../src/jwt/index.js';

const NOW = Date.UTC(2026, 5, 1, 12);
const NOW_S = NOW / 1000;
const BASE = { issuer: 'https://id.example/', audience: 'articles' };
const CLAIMS = { iss: BASE.issuer, aud: BASE.audience, sub: 'user-1', exp: NOW_S + 60 };
const SECRET = 'a-shared-secret-of-at-least-32-bytes!';

function holdClock(): JwtClock & { advance(ms: number): void } {
  let elapsed = 0;
  return { now: () => NOW + elapsed, monotonicMs: () => elapsed, advance: (ms) => void (elapsed += ms) };
}

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly pem: string;
}

async function pairOf(algorithm: string): Promise<Pair> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  return { ...pair, pem: await exportSPKI(pair.publicKey) };
}

let rsa: Pair;
let ec: Pair;
let ed: Pair;
beforeAll(async () => {
  [rsa, ec, ed] = await Promise.all([pairOf('RS256'), pairOf('ES256'), pairOf('Ed25519')]);
});

function sign(claims: JWTPayload, key: CryptoKey | Uint8Array = rsa.privateKey, header: object = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);
}

function verifierOf(options: Partial<JwtOptions> = {}) {
  return createJwtVerifier({ ...BASE, publicKey: rsa.pem, clock: holdClock(), ...options });
}

const part = (value: unknown): string => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));

async function reasonOf(token: string, options: Partial<JwtOptions> = {}): Promise<string> {
  const outcome = await verifierOf(options)(token);
  return outcome.ok ? `accepted for ${outcome.ownerId}` : outcome.reason;
}

describe('a good token', () => {
  it('says whose it is, what it claims, and until when it is good', async () => {
    const token = await sign({ ...CLAIMS, team: 'seven' });
    expect(await verifierOf({ clockToleranceSeconds: 30 })(token)).toEqual({
      ok: true,
      ownerId: 'user-1',
      claims: { ...CLAIMS, team: 'seven' },
      expiresAt: NOW + 90_000,
    });
    expect(await reasonOf(token, { ownerClaim: 'team' })).toBe('accepted for seven');
  });

  it('is taken for each kind of key', async () => {
    expect(await reasonOf(await sign(CLAIMS, rsa.privateKey, { alg: 'RS256' }))).toBe('accepted for user-1');
    expect(await reasonOf(await sign(CLAIMS, ec.privateKey, { alg: 'ES256' }), { publicKey: ec.pem })).toBe('accepted for user-1');
    expect(await reasonOf(await sign(CLAIMS, ed.privateKey, { alg: 'EdDSA' }), { publicKey: ed.pem })).toBe('accepted for user-1');
    for (const [algorithm, pair] of [
      ['PS384', await pairOf('PS384')],
      ['ES384', await pairOf('ES384')],
      ['ES512', await pairOf('ES512')],
    ] as const) {
      const token = await sign(CLAIMS, pair.privateKey, { alg: algorithm });
      expect(await reasonOf(token, { publicKey: pair.pem }), algorithm).toBe('accepted for user-1');
    }
    const shared = await sign(CLAIMS, new TextEncoder().encode(SECRET), { alg: 'HS256' });
    expect(await reasonOf(shared, { publicKey: undefined, secret: SECRET })).toBe('accepted for user-1');
  });

  it('is good before its exp and the tolerated skew, and not at it', async () => {
    const clock = holdClock();
    const verify = verifierOf({ clock, clockToleranceSeconds: 10 });
    const token = await sign(CLAIMS);
    clock.advance(69_999);
    expect((await verify(token)).ok).toBe(true);
    clock.advance(1);
    expect(await verify(token)).toEqual({ ok: false, reason: 'expired' });
  });
});

describe('an attack on the algorithm', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('that leaves the signature out with alg %s is refused', async (alg) => {
    expect(await reasonOf(`${part({ alg })}.${part(CLAIMS)}.`)).toBe('malformed');
    expect(await reasonOf(`${part({ alg })}.${part(CLAIMS)}.AAAA`)).toBe('algorithm');
  });

  it('that signs by HMAC with the public key as the secret is refused', async () => {
    for (const secret of [rsa.pem, rsa.pem.trim(), `${rsa.pem}\n`]) {
      const signed = `${part({ alg: 'HS256' })}.${part(CLAIMS)}`;
      expect(await reasonOf(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)).toBe('algorithm');
    }
  });

  it('that signs with a weaker or another algorithm than was pinned is refused', async () => {
    expect(await reasonOf(await sign(CLAIMS), { algorithms: ['PS256'] })).toBe('algorithm');
    expect(await reasonOf(await sign(CLAIMS, ec.privateKey, { alg: 'ES256' }))).toBe('algorithm');
  });

  it('that signs with zeros (r = s = 0) is refused', async () => {
    const token = `${part({ alg: 'ES256' })}.${part(CLAIMS)}.${base64url.encode(new Uint8Array(64))}`;
    expect(await reasonOf(token, { publicKey: ec.pem })).toBe('signature');
  });

  it('that signs with a key of its own, sent along or pointed to, is refused', async () => {
    const own = await pairOf('RS256');
    for (const header of [
      { jwk: await exportJWK(own.publicKey) },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example/x' },
    ]) {
      expect(await reasonOf(await sign(CLAIMS, own.privateKey, header))).toBe('signature');
    }
  });
});

describe('an attack on the form', () => {
  it('by an empty signature, missing, further or doubled parts is refused', async () => {
    const token = await sign(CLAIMS);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forms = [`${header}.${payload}.`, `${header}.${payload}`, header, '', '..', `${token}.${signature}`, `${token}.${token}`];
    for (const form of [...forms, ` ${token}`, `${token}\n`, `${header}..${signature}`, `${token}=`, `.${token}`]) {
      expect(await reasonOf(form), form.slice(0, 20)).toBe('malformed');
    }
  });

  it('by a payload or a signature that was changed is refused', async () => {
    const [header = '', , signature = ''] = (await sign(CLAIMS)).split('.');
    expect(await reasonOf(`${header}.${part({ ...CLAIMS, sub: 'user-2' })}.${signature}`)).toBe('signature');
    for (const rubbish of ['null', '[]', '1', '"x"', '{', '']) {
      const signed = `${part({ alg: 'HS256' })}.${part(rubbish) || 'AA'}`;
      const hmac = createHmac('sha256', SECRET).update(signed).digest('base64url');
      expect(await reasonOf(`${signed}.${hmac}`, { publicKey: undefined, secret: SECRET })).toBe('malformed');
    }
  });

  it('by headers that would change how the token is read is refused', async () => {
    const key = new TextEncoder().encode(SECRET);
    const payload = new TextEncoder().encode(JSON.stringify(CLAIMS));
    const unencoded = await new FlattenedSign(payload).setProtectedHeader({ alg: 'HS256', b64: false, crit: ['b64'] }).sign(key);
    const shared = { publicKey: undefined, secret: SECRET };
    expect(await reasonOf(`${unencoded.protected}.${part(CLAIMS)}.${unencoded.signature}`, shared)).not.toContain('accepted');
    for (const extra of [{ crit: ['exp'], exp: 1 }, { crit: ['x'], x: 1 }, { crit: [] }, { crit: 'b64' }, { b64: false, crit: ['b64'] }]) {
      const signed = `${part({ alg: 'HS256', ...extra })}.${part(CLAIMS)}`;
      const token = `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
      expect(await reasonOf(token, shared), JSON.stringify(extra)).not.toContain('accepted');
    }
  });

  it('by an encrypted or a nested token is refused', async () => {
    const inner = await sign(CLAIMS);
    const encrypt = new CompactEncrypt(new TextEncoder().encode(inner)).setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT' });
    const { publicKey } = await generateKeyPair('RSA-OAEP');
    expect(await reasonOf(await encrypt.encrypt(publicKey))).toBe('malformed');
    const signed = `${part({ alg: 'HS256', cty: 'JWT' })}.${part(inner)}`;
    const nested = `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
    expect(await reasonOf(nested, { publicKey: undefined, secret: SECRET })).toBe('malformed');
  });

  it('by its mere size is refused before it is parsed', async () => {
    expect(await reasonOf(await sign({ ...CLAIMS, padding: 'x'.repeat(8_192) }))).toBe('malformed');
    expect(await reasonOf(`${part({ alg: 'RS256' })}.${'A'.repeat(1_000_000)}.AAAA`)).toBe('malformed');
  });
});

describe('a token whose claims are not right', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['of another issuer', { ...CLAIMS, iss: 'https://id.example' }, 'issuer'],
    ['of no issuer', { ...CLAIMS, iss: undefined }, 'issuer'],
    ['for another audience', { ...CLAIMS, aud: 'Articles' }, 'audience'],
    ['for other audiences', { ...CLAIMS, aud: ['a', 'b'] }, 'audience'],
    ['for no audience', { ...CLAIMS, aud: undefined }, 'audience'],
    ['that never ends', { ...CLAIMS, exp: undefined }, 'claims'],
    ['that has ended', { ...CLAIMS, exp: NOW_S - 61 }, 'expired'],
    ['that ends in text', { ...CLAIMS, exp: '9999999999' }, 'claims'],
    ['that has not begun', { ...CLAIMS, nbf: NOW_S + 61 }, 'not_yet_valid'],
    ['of nobody', { ...CLAIMS, sub: undefined }, 'claims'],
    ['of an empty name', { ...CLAIMS, sub: '' }, 'claims'],
    ['of a number', { ...CLAIMS, sub: 42 }, 'claims'],
    ['of a name with a space', { ...CLAIMS, sub: 'user 1' }, 'claims'],
    ['of a name that is written in another way than owners are', { ...CLAIMS, sub: 'cafe\u0301' }, 'claims'],
  ])('%s is refused', async (_, claims, reason) => {
    expect(await reasonOf(await sign(JSON.parse(JSON.stringify(claims)) as JWTPayload), { clockToleranceSeconds: 60 })).toBe(reason);
  });

  it('without a claim that was asked for, or of another type, is refused', async () => {
    expect(await reasonOf(await sign(CLAIMS), { requiredClaims: ['scope'] })).toBe('claims');
    expect(await reasonOf(await sign(CLAIMS, rsa.privateKey, { typ: 'id+jwt' }), { typ: 'at+jwt' })).toBe('claims');
    expect(await reasonOf(await sign(CLAIMS, rsa.privateKey, { typ: 'at+jwt' }), { typ: 'at+jwt' })).toBe('accepted for user-1');
    expect(await reasonOf(await sign(CLAIMS), { ownerClaim: '__proto__' })).toBe('claims');
    expect(await reasonOf(await sign(CLAIMS), { ownerClaim: 'toString' })).toBe('claims');
  });

  it('that ends beyond all time is refused', async () => {
    const signed = `${part({ alg: 'HS256' })}.${part(JSON.stringify(CLAIMS).replace(String(CLAIMS.exp), '1e999'))}`;
    const token = `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
    expect(await reasonOf(token, { publicKey: undefined, secret: SECRET })).toBe('claims');
  });
});

describe('keys from an issuer', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serveKeys() {
    const issuer = {
      url: '',
      fetches: 0,
      status: 200,
      keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256' }] as object[],
    };
    const server = createServer((_, response) => {
      issuer.fetches += 1;
      response.writeHead(issuer.status, issuer.status === 302 ? { location: '/' } : {}).end(JSON.stringify({ keys: issuer.keys }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    return issuer;
  }

  it('are kept by no framework: Next.js 13 and 14 would answer with keys that the issuer has withdrawn', async () => {
    const { url } = await serveKeys();
    const fetched = vi.spyOn(globalThis, 'fetch');
    onTestFinished(() => fetched.mockRestore());
    await createJwtVerifier({ ...BASE, jwksUrl: url, clock: holdClock() })(await sign(CLAIMS, rsa.privateKey, { kid: 'one' }));
    expect(fetched.mock.lastCall?.[1]).toMatchObject({ next: { revalidate: 0 } });
  });

  it('are fetched once for many tokens, and again when a new one is named', async () => {
    const issuer = await serveKeys();
    const clock = holdClock();
    const verify = createJwtVerifier({ ...BASE, jwksUrl: issuer.url, clock });
    const token = await sign({ ...CLAIMS, exp: NOW_S + 3_600 }, rsa.privateKey, { kid: 'one' });
    for (const outcome of await Promise.all(Array.from({ length: 20 }, () => verify(token)))) expect(outcome.ok).toBe(true);
    expect(issuer.fetches).toBe(1);
    const second = await pairOf('RS256');
    issuer.keys.push({ ...(await exportJWK(second.publicKey)), kid: 'two' });
    clock.advance(30_000);
    expect((await verify(await sign(CLAIMS, second.privateKey, { kid: 'two' }))).ok).toBe(true);
    expect(issuer.fetches).toBe(2);
    issuer.keys.shift();
    clock.advance(600_000);
    expect(await verify(token)).toEqual({ ok: false, reason: 'unknown_key' });
  });

  it.each(['../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', 'http://127.0.0.1:1/jwks', '', 'One', '\u0000'])(
    'are found by a kid that is compared with theirs and nothing else: %j',
    async (kid) => {
      const issuer = await serveKeys();
      const verify = createJwtVerifier({ ...BASE, jwksUrl: issuer.url, clock: holdClock() });
      expect(await verify(await sign(CLAIMS, rsa.privateKey, { kid, jku: 'http://127.0.0.1:1/' }))).toEqual({
        ok: false,
        reason: 'unknown_key',
      });
    },
  );

  it('are not asked for again by each of a thousand tokens that name unknown ones', async () => {
    const issuer = await serveKeys();
    const clock = holdClock();
    const verify = createJwtVerifier({ ...BASE, jwksUrl: issuer.url, clock });
    for (let n = 0; n < 1_000; n++) {
      clock.advance(100);
      const token = `${part({ alg: 'RS256', kid: `k${n}` })}.${part(CLAIMS)}.AAAA`;
      expect(await verify(token)).toEqual({ ok: false, reason: 'unknown_key' });
    }
    // 100 seconds, with at least 30 between one and the next.
    expect(issuer.fetches).toBeLessThanOrEqual(4);
  });

  it('that cannot be had make a token neither good nor bad, and the issuer is left alone for a while', async () => {
    const issuer = await serveKeys();
    const clock = holdClock();
    const verify = createJwtVerifier({ ...BASE, jwksUrl: issuer.url, clock });
    const token = await sign(CLAIMS, rsa.privateKey, { kid: 'one' });
    for (const [status, keys] of [
      [500, []],
      [302, []],
      [200, 'nonsense'],
      [200, [{ padding: 'x'.repeat(600_000) }]],
    ] as const) {
      const before = issuer.fetches;
      Object.assign(issuer, { status, keys });
      for (let n = 0; n < 20; n++) expect(await verify(token)).toEqual({ ok: false, reason: 'unavailable' });
      expect(issuer.fetches).toBe(before + 1);
      clock.advance(5_000);
    }
    Object.assign(issuer, { status: 200, keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'one' }] });
    expect((await verify(token)).ok).toBe(true);
  });

  it('that are secrets are of no use', async () => {
    const issuer = await serveKeys();
    issuer.keys = [{ kty: 'oct', kid: 'one', k: base64url.encode(SECRET), alg: 'HS256' }];
    const verify = createJwtVerifier({ ...BASE, jwksUrl: issuer.url, clock: holdClock() });
    const token = await sign(CLAIMS, new TextEncoder().encode(SECRET), { alg: 'HS256', kid: 'one' });
    expect(await verify(token)).toEqual({ ok: false, reason: 'algorithm' });
  });
});

describe('options that cannot work', () => {
  it.each<[string, object, RegExp]>([
    ['no key', { publicKey: undefined }, /give one of them/],
    ['two keys', { secret: SECRET }, /give one of them/],
    ['a secret that is easy to guess', { publicKey: undefined, secret: 'secret'.repeat(20) }, /nobody can guess/],
    ['a short secret', { publicKey: undefined, secret: 'short' }, /32 bytes/],
    ['a secret too short for its algorithm', { publicKey: undefined, secret: SECRET, algorithms: ['HS512'] }, /algorithms/],
    ['algorithms of both kinds', { algorithms: ['RS256', 'HS256'] }, /algorithms/],
    ['no algorithm', { algorithms: ['none'] }, /algorithms/],
    ['an empty list of algorithms', { algorithms: [] }, /algorithms/],
    ['a private key', { publicKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }, /publicKey/],
    ['a key that is none', { publicKey: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }, /publicKey/],
    ['keys over a network in clear text', { publicKey: undefined, jwksUrl: 'http://id.example/jwks' }, /https/],
    ['keys of a host that only begins like this machine', { publicKey: undefined, jwksUrl: 'http://127.0.0.1.evil.example/' }, /https/],
    ['keys at a URL with a fragment', { publicKey: undefined, jwksUrl: 'https://id.example/jwks#one' }, /fragment/],
    ['no issuer', { issuer: undefined }, /issuer/],
    ['an empty audience', { audience: [''] }, /audience/],
    ['a skew of more than a minute', { clockToleranceSeconds: 61 }, /clockToleranceSeconds/],
    ['a misspelt option', { audiences: 'x' }, /^audiences: No such option; did you mean "audience"\?/m],
  ])('are refused at once: %s', (_, options, message) => {
    const make = (): unknown => verifierOf(options);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });
});
