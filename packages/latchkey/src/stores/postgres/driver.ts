/** The optional driver pg: loading it, and what it is told to connect as this store wants. */
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type Pg from 'pg';
import { ConfigurationError } from '../../domain/errors.js';
import { installing } from '../../domain/missing-package.js';
import type { PostgresAddress } from './address.js';

export type Driver = typeof Pg;

/** Throws a ConfigurationError that names the package to install. */
export async function loadDriver(): Promise<Driver> {
  let found: { readonly default?: Partial<Driver> } = {};
  // In this form, with the name as it is, bundlers take the package along, and build without it where it is not installed.
  try {
    found = await import('pg');
  } catch {
    // As where a bundler put an empty module in its place.
  }
  if (typeof found.default?.Client === 'function') return found.default as Driver;
  throw new ConfigurationError([`The PostgreSQL store needs the package pg, which cannot be loaded: ${installing('pg')}`]);
}

/** What every connection is made with; throws a ConfigurationError where a certificate cannot be read. */
export function clientConfig(driver: Driver, address: PostgresAddress, timeoutMs: number): Pg.ClientConfig {
  const { host, port, user, password, database, applicationName, tls } = address;
  return {
    host,
    port,
    user,
    password,
    database,
    application_name: applicationName,
    ssl: tlsOptions(address),
    enableChannelBinding: tls.channelBinding,
    types: { getTypeParser: typeParsers(driver) },
    connectionTimeoutMillis: timeoutMs,
    // The server ends a statement that takes too long; where it is the server that does not answer, this does.
    query_timeout: timeoutMs + GRACE_MS,
    // Statements go out as they come, and their answers come in the same order: what waits for none need not wait for a round trip.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

const GRACE_MS = 500;

function tlsOptions({ host, tls }: PostgresAddress): false | ConnectionOptions {
  const { mode, rootCertificate, certificate, key } = tls;
  if (mode === 'disable') return false;
  return {
    ...(rootCertificate === undefined ? {} : { ca: readPem('sslrootcert', rootCertificate) }),
    ...(certificate === undefined ? {} : { cert: readPem('sslcert', certificate) }),
    ...(key === undefined ? {} : { key: readPem('sslkey', key) }),
    // As libpq does, `require` with authorities checks them.
    rejectUnauthorized: mode !== 'require' || rootCertificate !== undefined,
    // Node leaves the name unchecked, or checks another, where the host is an address: so it is said here.
    checkServerIdentity: (_name, peer) => (mode === 'verify-full' ? checkServerIdentity(host, peer) : undefined),
  };
}

function readPem(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError([
      `database: the file that ${parameter} names cannot be read; check that it exists and that this user may read it.`,
    ]);
  }
}

const INT8 = 20;
const NUMERIC = 1700;

/** Times, sequence numbers and sums are numbers here; the driver's own default for them is text. */
function typeParsers(driver: Driver): typeof driver.types.getTypeParser {
  const others = driver.types.getTypeParser.bind(driver.types);
  const parsers = (oid: number, format?: 'text' | 'binary'): unknown => (oid === INT8 || oid === NUMERIC ? exact : others(oid, format));
  return parsers as typeof driver.types.getTypeParser;
}

function exact(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('The database holds a number that is beyond 2^53.');
  return value;
}
