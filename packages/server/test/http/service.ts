/** A whole service in process: a real engine on SQLite in memory, the app over it, and a clock that the test holds. */
import { createLatchkey, type Clock, type Latchkey, type LatchkeyOptions } from 'latchkey';
import { createJwtVerifier } from 'latchkey/jwt';
import { SignJWT } from 'jose';
import { createApp, type App, type AppOptions } from '../../src/http/create-app.js';
import { nodeIncoming } from '../../src/http/serving/node-incoming.js';
import { createConformanceCheck, type ConformanceCheck, type Document } from './conformance.js';

export const ADMIN_KEY = 'an-admin-key-for-tests-0123456789';
const JSON_TYPE = { 'content-type': 'application/json' };
export const ADMIN = { 'x-admin-key': ADMIN_KEY };

/** How owners sign in to a service that a test opens. */
const JWT = { issuer: 'https://id.example/', audience: 'acme', secret: 'a-secret-shared-with-the-issuer-0123456789' };

export interface CallInput {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Where it is sent; by default `http://service`. */
  readonly origin?: string;
  /** As @hono/node-server passes it. */
  readonly env?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where the body is no JSON. */
  readonly json: Fields | undefined;
}

/** JSON, loosely: a test says what it expects of it. */
export interface Fields {
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test reads out of an answer it states itself
  readonly [name: string]: any;
}

export interface Service {
  readonly latchkey: Latchkey;
  readonly app: App;
  readonly clock: HeldClock;
  readonly document: Document;
  /** Every answer is held against the OpenAPI document. */
  call(method: string, path: string, input?: CallInput): Promise<Answer>;
  /** As the holder of the admin key. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A key, and its token in clear text. */
  issue(input?: Partial<Parameters<Latchkey['keys']['create']>[0]>): Promise<{ readonly id: string; readonly token: string }>;
  /** The token of an operator with these scopes. */
  operator(...scopes: string[]): Promise<string>;
  /** A JWT by which this owner signs in, good for an hour. */
  jwt(owner: string): Promise<string>;
  close(): Promise<void>;
}

export interface HeldClock extends Clock {
  advance(ms: number): void;
}

export async function openService(app: Partial<AppOptions> = {}, engine: LatchkeyOptions = {}): Promise<Service> {
  const clock = holdClock();
  const latchkey = await createLatchkey({ database: ':memory:', prefix: 'acme', clock, ...engine });
  return serviceOf(latchkey, createApp(latchkey, { adminKey: ADMIN_KEY, clock, selfService: selfServiceOf(clock), ...app }), clock);
}

interface Description {
  readonly document: Document;
  readonly check: ConformanceCheck;
}

/** Made once, by an app of its own: the service of a test may not tell it. To make it takes longer than most tests. */
let description: Promise<Description> | null = null;

async function describe(latchkey: Latchkey): Promise<Description> {
  const app = createApp(latchkey, { adminKey: null });
  const document = (await (await app.fetch(new Request('http://service/openapi.json'))).json()) as Document;
  return { document, check: createConformanceCheck(document) };
}

async function serviceOf(latchkey: Latchkey, app: App, clock: HeldClock): Promise<Service> {
  description ??= describe(latchkey);
  const { document, check } = await description;
  const call: Service['call'] = (method, path, input) => ask({ app, check }, { method, path, ...input });
  return {
    latchkey,
    app,
    clock,
    document,
    call,
    admin: async (method, path, body) => call(method, path, { headers: ADMIN, body }),
    async issue(input) {
      const { key, token } = await latchkey.keys.create({ name: 'a key', owner: 'team-7', ...input });
      return { id: key.id, token: token?.reveal() ?? '' };
    },
    async operator(...scopes) {
      const { token } = await latchkey.keys.create({ name: 'an operator', owner: 'ops', environment: 'operator', scopes });
      return token?.reveal() ?? '';
    },
    jwt: async (owner) =>
      new SignJWT({ iss: JWT.issuer, aud: JWT.audience, sub: owner, exp: clock.now() / 1_000 + 3_600 })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(JWT.secret)),
    close: async () => latchkey.close(),
  };
}

type SelfService = NonNullable<AppOptions['selfService']>;

const POLICY: SelfService['policy'] = { scopes: ['a:*', 'articles:read'], tiers: ['free'], maxKeys: 1_000 };

export function selfServiceOf(clock: Clock, policy = POLICY): SelfService {
  return { jwt: createJwtVerifier({ ...JWT, clock }), policy };
}

type Question = CallInput & { readonly method: string; readonly path: string };

async function ask(
  { app, check }: { app: App; check: ConformanceCheck },
  { method, path, headers = {}, body, env, origin = 'http://service' }: Question,
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request(`${origin}${path}`, {
    method,
    headers: { ...(body !== undefined && JSON_TYPE), ...headers },
    ...(text !== undefined && { body: text }),
  });
  const response = await app.fetch(request, completed(env, request));
  const answer = await response.text();
  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (method !== 'HEAD' && method !== 'OPTIONS') {
    check({ method, path: path.replace(/\?.*/s, ''), status: response.status, mediaType, headers: response.headers, text: answer });
  }
  return { status: response.status, headers: response.headers, text: answer, json: readFields(mediaType, answer) };
}

/** As in life, what node passes has all headers of the request; those of the test come first, as often as it says. */
function completed(env: unknown, { headers }: Request): unknown {
  const incoming = nodeIncoming(env);
  if (incoming === undefined) return env;
  const given = new Set(incoming.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  const rest = [...headers].filter(([name]) => !given.has(name)).flat();
  return { incoming: { ...incoming, rawHeaders: [...incoming.rawHeaders, ...rest] } };
}

function readFields(mediaType: string, text: string): Fields | undefined {
  return mediaType.endsWith('json') && text !== '' ? (JSON.parse(text) as Fields) : undefined;
}

/** Stands still until it is advanced. What was scheduled is not run: nothing that is tested here waits for it. */
export function holdClock(): HeldClock {
  let elapsed = 0;
  const start = Date.UTC(2026, 5, 1, 12);
  return {
    now: () => start + elapsed,
    monotonicMs: () => elapsed,
    schedule: () => () => {},
    advance(ms) {
      elapsed += ms;
    },
  };
}

/** What node's adapter passes along: the headers as they came over the wire, and the peer. */
export function nodeEnv(remoteAddress: string, rawHeaders: readonly string[] = []): unknown {
  return { incoming: { rawHeaders, socket: { remoteAddress } } };
}
