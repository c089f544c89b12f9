/** Where Redis is, read from a URL. No message repeats any of it: a password may stand anywhere in it. */
import { ConfigurationError } from '../../domain/errors.js';
import { parsed, unreadable, type Parsed } from '../../domain/parsed.js';

export interface RedisAddress {
  /** One server, or some nodes of a cluster, by which the others are found. */
  readonly hosts: readonly RedisHost[];
  readonly cluster: boolean;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** The number of the database; always 0 in a cluster. */
  readonly database: number;
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 6379;
const FORMAT =
  'use redis://[user:password@]host[:port][/database], rediss:// for TLS, or redis+cluster://host:port,host:port for a cluster';
const URL_SHAPE = /^redis(s?)(\+cluster)?:\/\/(?:([^/]*)@)?([^/@?#]+)(?:\/(\d{1,4})?)?$/;
const HOST_SHAPE = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;

/** `redis://[user:password@]host[:port][/database]`, `rediss://…` (TLS), `redis+cluster://…`, `rediss+cluster://…`. */
export function parseRedisUrl(url: string): Parsed<RedisAddress> {
  const [matched, tls, cluster, credentials = '', hostList = '', database = '0'] = URL_SHAPE.exec(url) ?? [];
  if (matched === undefined) return unreadable(FORMAT);
  const hosts = hostList.split(',').map(readHost);
  if (!hosts.every((host) => host !== null)) return unreadable(FORMAT);
  if (cluster === undefined && hosts.length > 1) return unreadable('several hosts are those of a cluster: use redis+cluster://');
  if (cluster !== undefined && database !== '0') return unreadable('a cluster has one database alone: leave the number out');
  const [username, password, ...more] = credentials.split(':').map(decoded);
  if (username === null || password === null || more.length > 0) return unreadable('write what is special in user and password as %XX');
  return parsed({
    hosts,
    cluster: cluster !== undefined,
    tls: tls === 's',
    username: username === undefined || username === '' ? null : username,
    password: password === undefined || password === '' ? null : password,
    database: Number(database),
  });
}

/** As `parseRedisUrl` does it. Throws a ConfigurationError for a URL that cannot be used. */
export function readRedisUrl(url: string): RedisAddress {
  const read = parseRedisUrl(url);
  if (read.ok) return read.value;
  throw new ConfigurationError([`redis: ${read.problem}.`]);
}

/** For messages: hosts and ports alone. */
export function describeAddress({ hosts, cluster }: RedisAddress): string {
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  return cluster ? `the cluster at ${list}` : list;
}

function readHost(text: string): RedisHost | null {
  const [matched, name = '', digits = String(DEFAULT_PORT)] = HOST_SHAPE.exec(text) ?? [];
  const port = Number(digits);
  if (matched === undefined || port < 1 || port > 65_535) return null;
  return { host: name.replace(/^\[|\]$/g, ''), port };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
