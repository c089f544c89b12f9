/** What the URL of a PostgreSQL database says. Read strictly: what is not understood is refused, never passed over. */
import { ConfigurationError } from '../../domain/errors.js';

export interface PostgresAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  /** The schema that holds Latchkey's tables, and nothing else. */
  readonly schema: string;
  readonly tls: TlsAddress;
  /** Whether a pooler stands in between that gives each transaction another session; found out by itself where it is not said. */
  readonly pooler: boolean;
  readonly applicationName: string;
  /** The URL without its password and whatever else may be secret: fit for logs. */
  readonly shown: string;
}

export interface TlsAddress {
  /**
   * As in libpq. `disable`: no TLS. `require`: encrypted, but whoever answers is believed. `verify-ca`: the certificate
   * must come from a known authority. `verify-full`: and be made out to the host.
   */
  readonly mode: (typeof TLS_MODES)[number];
  /** Paths of PEM files: the authorities in place of those that Node knows; and this side's own certificate. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Whether the login is tied to the connection where the server can (SCRAM-SHA-256-PLUS, RFC 5929). */
  readonly channelBinding: boolean;
}

const DEFAULT_SCHEMA = 'latchkey';

const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const PARAMETERS = ['schema', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'channel_binding', 'host', 'pgbouncer', 'application_name'];

const SHAPE = 'postgres://user:password@host:5432/database';

export function isPostgresUrl(database: string): boolean {
  return /^postgres(?:ql)?:/.test(database);
}

/** Throws a ConfigurationError that lists every problem, and repeats nothing of the URL: a password may be anywhere in it. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = readUrl(text);
  const problems: string[] = [];
  const given = readParameters(url, problems);
  const database = decoded(url.pathname.slice(1));
  if (database === '') problems.push(`the URL names no database; use ${SHAPE}`);
  if (url.port === '0') problems.push('the port 0 cannot be used; give the one that the server listens on');
  if (url.hash !== '') problems.push('the URL has a fragment (#), which means nothing here; leave it out, or write # as %23');
  // "localhost" beside the folder of a Unix socket stands for no host: other drivers ask for one.
  if (!['', 'localhost'].includes(url.hostname) && url.searchParams.has('host')) {
    problems.push('the URL names two hosts; give one, in the place of the host or as the parameter host');
  }
  const schema = given('schema', DEFAULT_SCHEMA, /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/);
  const mode = TLS_MODES.find((known) => known === given('sslmode', 'disable', new RegExp(`^(?:${TLS_MODES.join('|')})$`))) ?? 'disable';
  const address = {
    host: given('host', decoded(url.hostname.replaceAll(/^\[|\]$/g, '')) || 'localhost', /./),
    port: url.port === '' ? 5432 : Number(url.port),
    user: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    database,
    schema,
    tls: {
      mode,
      rootCertificate: given('sslrootcert', '', /./) || undefined,
      certificate: given('sslcert', '', /./) || undefined,
      key: given('sslkey', '', /./) || undefined,
      channelBinding: given('channel_binding', 'disable', /^(?:disable|prefer|require)$/) !== 'disable',
    },
    pooler: given('pgbouncer', 'false', /^(?:true|false)$/) === 'true',
    applicationName: given('application_name', 'latchkey', /^[\x20-\x7e]{1,63}$/),
  };
  problems.push(...tlsProblems(address.tls));
  if (problems.length > 0) throw new ConfigurationError(problems.map((problem) => `database: ${problem}.`));
  return { ...address, shown: showUrl(address) };
}

function readUrl(text: string): URL {
  const authority = /^postgres(?:ql)?:\/\/([^/?#]*)/.exec(text)?.[1];
  if (authority === undefined) throw new ConfigurationError([`database: use ${SHAPE}.`]);
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  if (hosts.includes(',')) {
    const one = 'a virtual address, HAProxy, PgBouncer, or the endpoint of the provider';
    throw new ConfigurationError([`database: give one host, not several: an address that leads to the primary (${one}).`]);
  }
  try {
    const url = new URL(text);
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part);
    return url;
  } catch {
    const escape = 'write special characters of the password as %XX (encodeURIComponent)';
    throw new ConfigurationError([`database: the URL cannot be read; use ${SHAPE}, and ${escape}.`]);
  }
}

/** Reads a parameter that must look like `accepts`; notes a problem and gives `fallback` where it does not. */
type Given = (name: string, fallback: string, accepts: RegExp) => string;

function readParameters(url: URL, problems: string[]): Given {
  const unknown = [...url.searchParams.keys()].filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) problems.push(`the URL has a parameter that Latchkey does not know (it knows ${PARAMETERS.join(', ')})`);
  return (name, fallback, accepts) => {
    const values = url.searchParams.getAll(name);
    const [value = fallback] = values;
    if (values.length <= 1 && (value === fallback || accepts.test(value))) return value;
    problems.push(`the parameter ${name} cannot be used${MEANINGS[name] === undefined ? '' : `; ${MEANINGS[name]}`}`);
    return fallback;
  };
}

const MEANINGS: Readonly<Record<string, string>> = {
  schema: 'use a name of lower-case letters, digits and "_", not beginning with "pg_"',
  sslmode: `use one of ${TLS_MODES.join(', ')}`,
  channel_binding: 'use one of disable, prefer, require',
  pgbouncer: 'use true or false',
  application_name: 'use 1 to 63 visible ASCII characters',
};

function tlsProblems({ mode, rootCertificate, certificate, key, channelBinding }: TlsAddress): readonly string[] {
  const files = [rootCertificate, certificate, key].some((path) => path !== undefined);
  const problems = [];
  if (mode === 'disable' && (files || channelBinding)) problems.push('certificates and channel_binding go with sslmode=verify-full');
  if ((certificate === undefined) !== (key === undefined)) problems.push('sslcert and sslkey go together');
  return problems;
}

function showUrl({ user, host, port, database, schema }: Omit<PostgresAddress, 'shown'>): string {
  const who = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const where = host.startsWith('/') ? encodeURIComponent(host) : host.includes(':') ? `[${host}]` : host;
  return `postgres://${who}${where}:${port}/${encodeURIComponent(database)}${schema === DEFAULT_SCHEMA ? '' : `?schema=${schema}`}`;
}

function decoded(part: string): string {
  return decodeURIComponent(part);
}
