/** What a failure to open the database means to whoever configured it. */
import { ConfigurationError, isLatchkeyError, UnavailableError } from '../../domain/errors.js';
import type { PostgresAddress } from './address.js';
import { DatabaseFailure, READ_ONLY } from './failure.js';

/** Names the host, the user and the database, never the password. */
export function openingFailure(error: unknown, address: PostgresAddress): Error {
  if (isLatchkeyError(error)) return error;
  if (!(error instanceof DatabaseFailure)) return new UnavailableError('store', { cause: error });
  const problem = problemOf(error, address);
  if (problem !== null) return new ConfigurationError([`database: ${problem}`]);
  const { host, port } = address;
  const where = host.startsWith('/') ? host : `${host}:${port}`;
  return new UnavailableError('store', {
    cause: error,
    message: `The PostgreSQL server at ${where} does not answer as it should (${error.code ?? error.message}): start it, or correct the URL.`,
  });
}

function problemOf({ code, message }: DatabaseFailure, { user, database, tls }: PostgresAddress): string | null {
  const who = user === undefined ? 'its user' : `the user "${user}"`;
  if (code === '28P01') return `the server does not accept the password of ${who}.`;
  if (code === '28000') {
    const encrypt = tls.mode === 'disable' ? '; if the server asks for TLS, add sslmode=verify-full' : '';
    return `the server does not let ${who} in (its pg_hba.conf says whom)${encrypt}.`;
  }
  if (code === '3D000') return `there is no database "${database}" on the server: make it with createdb.`;
  if (code === READ_ONLY) return 'the server can only be read (a replica?): use the address of the primary.';
  if (code === 'ENOTFOUND') return 'there is no host of that name.';
  if (/does not support SSL/i.test(message)) return 'the server does not offer TLS: set it up there (ssl = on), or use sslmode=disable.';
  if (code !== null && isCertificateCode(code)) {
    return `the certificate of the server is not trusted (${code}): give its authority in sslrootcert, and the name that it is made out to as host.`;
  }
  if (/^SASL|password must be a string/i.test(message)) return `the server asks for a password of ${who}, and the URL has none.`;
  return null;
}

/** As OpenSSL, and Node's check of names, say it. */
function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_(?:VERIFY|GET_ISSUER)/.test(code);
}
