/**
 * A service in which every secret is a canary: whatever it says or keeps is collected, to be searched for them. Only the
 * token in the answer of a creation or a rotation is taken out, once, where it belongs.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { LogEvent } from 'latchkey';
import { CLIENT, startProvider, walkProvider, type RunningProvider } from '../../../../tools/services/oidc-provider.js';
import { runProcess, serve, type Outcome, type RunOptions, type ServedFolder } from '../cli/command.js';
import { appendEntries } from '../cli/old-entries.js';
import type { Fields } from './ask.js';
import { createLeakFinder, type Leak, type LeakFinder } from './leaks.js';

export interface CanaryCall {
  /** As the OpenAPI document names it: `POST /v1/keys/{id}/rotate`. */
  readonly operation: string;
  /** Where it is sent to; by default the operation's own path. */
  readonly path?: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** By default the admin key. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CanaryAnswer {
  readonly status: number;
  readonly json: Fields;
  /** What a browser would send back; empty where none was set. */
  readonly cookie: string;
  readonly location: string;
}

export const DATABASE_FILES = ['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm'] as const;

const ISSUER = 'https://id.example/';
const AUDIENCE = 'canaries';
/** Where the issuer sends operators back to; the calls go to the service all the same. */
const PUBLIC_URL = 'https://keys.example.com';

const random = (): string => randomBytes(30).toString('base64url');

export class CanaryService {
  readonly adminKey = `admin"%&/${random()}`;
  /** By which owners' JWTs are signed. */
  readonly jwtSecret = `jwt-secret-${random()}`;
  readonly peppers = { new: `pepper-${random()}`, old: `pepper-${random()}` };
  /** Two entries of the audit log that are old enough to be archived. */
  oldEntries: readonly LogEvent[] = [];
  /** Operations that answered, and with what. */
  readonly seen = new Map<string, Set<number>>();
  readonly #finder: LeakFinder = createLeakFinder();
  readonly #collected: { readonly place: string; readonly content: string | Uint8Array }[] = [];
  #service: ServedFolder | null = null;
  #provider: RunningProvider | null = null;
  #counter = 0;

  async start(): Promise<void> {
    this.watch('the admin key', this.adminKey);
    this.watch('the newest pepper', this.peppers.new);
    this.watch('the older pepper', this.peppers.old);
    this.watch('the secret of JWTs', this.jwtSecret);
    this.watch('the secret of the OpenID Connect client', CLIENT.secret);
    const people = { ada: { email: 'ada@example.com', email_verified: true } };
    this.#provider = await startProvider(people, `${PUBLIC_URL}/v1/session/oidc/callback`);
    this.#provider.signsIn('ada');
    this.#service = await serve({ ...this.variables, LATCHKEY_LOG_LEVEL: 'debug' });
    await this.#growOld(this.#service);
  }

  /** Entries of the last hour stay in the log: to be archived, it needs older ones. */
  async #growOld({ folder }: ServedFolder): Promise<void> {
    const dayBefore = Date.now() - 86_400_000;
    this.oldEntries = await appendEntries(`file:${join(folder, 'latchkey.db')}`, [dayBefore, dayBefore]);
  }

  /** Secrets as the service is configured with them. */
  get variables(): Readonly<Record<string, string>> {
    return {
      ADMIN_API_KEY: this.adminKey,
      LATCHKEY_PEPPERS: `p2:${this.peppers.new},p1:${this.peppers.old}`,
      LATCHKEY_JWT_SECRET: this.jwtSecret,
      LATCHKEY_JWT_ISSUER: ISSUER,
      LATCHKEY_JWT_AUDIENCE: AUDIENCE,
      LATCHKEY_PUBLIC_URL: PUBLIC_URL,
      LATCHKEY_OIDC_ISSUER: this.#provider?.issuer ?? '',
      LATCHKEY_OIDC_CLIENT_ID: CLIENT.id,
      LATCHKEY_OIDC_CLIENT_SECRET: CLIENT.secret,
      LATCHKEY_OIDC_ALLOWED_EMAILS: '@example.com',
    };
  }

  get url(): string {
    return this.#running.url;
  }

  get folder(): string {
    return this.#running.folder;
  }

  /** A secret of its own for each call, which nothing may repeat. */
  secret(name: string): string {
    const secret = name.includes('UUID') ? crypto.randomUUID() : `${random()}${random()}`;
    this.watch(name, secret);
    return secret;
  }

  /** A JWT by which an owner signs in: a secret too, for as long as it is good. */
  async jwt(owner: string): Promise<string> {
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: owner };
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('10m')
      .sign(Buffer.from(this.jwtSecret));
    this.watch(`the signature of the JWT of ${owner}`, signed.split('.')[2] ?? '');
    return signed;
  }

  /** The way to the issuer and back: where somebody is who has just come back, and the cookie that they have. */
  async leaveForIssuer(): Promise<{ readonly path: string; readonly cookie: string }> {
    const { location, cookie } = await this.call({ operation: 'GET /v1/session/oidc/start', headers: {} });
    const address = new URL(await walkProvider(location, this.#provider?.issuer ?? ''));
    this.watch('a code of the issuer', address.searchParams.get('code') ?? '');
    return { path: address.pathname + address.search, cookie };
  }

  watch(name: string, secret: string): void {
    this.#finder.watch(name, secret);
  }

  watchToken(name: string, token: string): void {
    this.#finder.watchToken(name, token);
  }

  async call({ operation, path, body, headers = { 'x-admin-key': this.adminKey } }: CanaryCall): Promise<CanaryAnswer> {
    const [method = '', template = ''] = operation.split(' ');
    const response = await fetch(this.url + (path ?? template), {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = readJson(text);
    const cookies = response.headers.getSetCookie();
    this.#watchCookies(operation, cookies);
    const issues = /^POST \/v1\/(?:me\/)?keys(?:\/\{id\}\/rotate)?$/.test(operation);
    const link = operation === 'POST /v1/portal-sessions' ? /#link=(.*)$/.exec(String(json['url']))?.[1] : undefined;
    const token: unknown = issues && response.ok ? json['token'] : link;
    const shown = typeof token === 'string' ? this.#takeOut(operation, token, text) : text;
    const others = [...response.headers].filter(([header]) => header !== 'set-cookie');
    this.collect(`the answer of ${operation}`, `${JSON.stringify(others)}\n${shown}`);
    this.seen.set(operation, (this.seen.get(operation) ?? new Set()).add(response.status));
    const location = response.headers.get('location') ?? '';
    return { status: response.status, json, cookie: cookies[0]?.split(';')[0] ?? '', location };
  }

  /** A command; `issues`: its stdout holds a token, once. */
  async command(
    args: readonly string[],
    { issues = false, ...options }: RunOptions & { readonly issues?: boolean } = {},
  ): Promise<Outcome> {
    const environment = { LATCHKEY_URL: this.url, LATCHKEY_ADMIN_KEY: this.adminKey, ...options.variables };
    const outcome = await runProcess(args, { cwd: this.folder, ...options, variables: environment });
    const name = `latchkey ${args[0]} ${args[1] ?? ''}`;
    const token = issues ? /\w+_[0-9A-Za-z]{49}/.exec(outcome.stdout)?.[0] : undefined;
    this.collect(`stdout of ${name}`, token === undefined ? outcome.stdout : this.#takeOut(name, token, outcome.stdout));
    this.collect(`stderr of ${name}`, outcome.stderr);
    return outcome;
  }

  collect(place: string, content: string | Uint8Array): void {
    this.#collected.push({ place, content });
  }

  /** The database as it lies on the disk at this moment, with what SQLite keeps beside it. */
  collectDatabase(when: string): void {
    for (const name of DATABASE_FILES) {
      const file = join(this.folder, name);
      if (!existsSync(file)) continue;
      const copy = join(this.folder, `copy-${this.#counter++}`);
      copyFileSync(file, copy);
      this.collect(`${name}, ${when}`, readFileSync(copy));
    }
  }

  /** Ends the service, and collects what it said and what it left. The folder is removed. */
  async stop(): Promise<Outcome> {
    const service = this.#running;
    service.child.kill('SIGTERM');
    const outcome = await service.ended;
    this.collect('stdout of the service', outcome.stdout);
    this.collect('stderr of the service', outcome.stderr);
    this.collectDatabase('after the service has ended');
    await service.stop();
    this.#service = null;
    await this.#provider?.close();
    return outcome;
  }

  get isRunning(): boolean {
    return this.#service !== null;
  }

  /** Every leak, and how many bytes were searched. */
  search(): { readonly leaks: readonly Leak[]; readonly bytes: number; readonly places: ReadonlySet<string> } {
    const leaks = this.#collected.flatMap(({ place, content }) => this.#finder.find(place, content));
    const bytes = this.#collected.reduce((sum, { content }) => sum + content.length, 0);
    return { leaks, bytes, places: new Set(this.#collected.map(({ place }) => place)) };
  }

  get #running(): ServedFolder {
    if (this.#service === null) throw new Error('The service was not started.');
    return this.#service;
  }

  /** A cookie may be set, once; wherever else its value stands, it is a leak. */
  #watchCookies(where: string, fields: readonly string[]): void {
    for (const field of fields) {
      const value = /^[^=]+=([^;]+)/.exec(field)?.[1];
      if (value !== undefined) this.watchToken(`a cookie of ${where}`, value);
    }
  }

  #takeOut(where: string, token: string, text: string): string {
    this.watchToken(`a token of ${where}`, token);
    return text.replace(token, '');
  }
}

function readJson(text: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return {};
  }
}
