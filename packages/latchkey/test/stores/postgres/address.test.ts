import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/domain/errors.js';
import { parsePostgresUrl } from '../../../src/stores/postgres/address.js';

const PLAIN = {
  host: 'db.example',
  port: 5432,
  user: 'ada',
  password: 'secret',
  database: 'keys',
  schema: 'latchkey',
  tls: { mode: 'disable', rootCertificate: undefined, certificate: undefined, key: undefined, channelBinding: false },
  pooler: false,
  applicationName: 'latchkey',
};

describe('the URL of a PostgreSQL database', () => {
  it('is read part by part, with a default for what it leaves out', () => {
    expect(parsePostgresUrl('postgres://ada:secret@db.example/keys')).toEqual({ ...PLAIN, shown: 'postgres://ada@db.example:5432/keys' });
    expect(parsePostgresUrl('postgresql:///keys')).toMatchObject({
      host: 'localhost',
      user: undefined,
      password: undefined,
      database: 'keys',
    });
    expect(parsePostgresUrl('postgres://ada@[::1]:6432/keys')).toMatchObject({
      host: '::1',
      port: 6432,
      shown: 'postgres://ada@[::1]:6432/keys',
    });
    const parameters =
      'schema=own&sslmode=verify-full&sslrootcert=/ca.pem&pgbouncer=true&application_name=keys%20of%20ada&channel_binding=prefer';
    expect(parsePostgresUrl(`postgres://ada:secret@db.example/keys?${parameters}`)).toEqual({
      ...PLAIN,
      schema: 'own',
      tls: { ...PLAIN.tls, mode: 'verify-full', rootCertificate: '/ca.pem', channelBinding: true },
      pooler: true,
      applicationName: 'keys of ada',
      shown: 'postgres://ada@db.example:5432/keys?schema=own',
    });
  });

  it('leads to a Unix socket by its folder', () => {
    const forms = ['postgres:///keys?host=/run/postgresql', 'postgres://localhost/keys?host=/run/postgresql'];
    for (const url of [...forms, 'postgres://%2Frun%2Fpostgresql/keys']) {
      expect(parsePostgresUrl(url)).toMatchObject({ host: '/run/postgresql', shown: 'postgres://%2Frun%2Fpostgresql:5432/keys' });
    }
  });

  it('gives back any password as it was, and shows none of it', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, (password) => {
        const address = parsePostgresUrl(`postgres://ada:${encodeURIComponent(password)}@db.example/keys`);
        expect([address.password, address.shown]).toEqual([password, 'postgres://ada@db.example:5432/keys']);
      }),
    );
  });

  it.each([
    ['another kind of URL', 'mysql://ada:s3cr3t@h/d', 'use postgres://'],
    ['no database', 'postgres://ada:s3cr3t@h', 'names no database'],
    ['several hosts', 'postgres://ada:s3cr3t@h1:5432,h2:5432/d', 'give one host, not several'],
    ['a password with a question mark in it', 'postgres://ada:s3cr3t?x@h/d', 'as %XX'],
    ['a password that is half encoded', 'postgres://ada:s3cr3t%zz@h/d', 'as %XX'],
    ['a password that looks like a parameter', 'postgres://ada:5?s3cr3t=x@h/d', 'names no database'],
    ['a parameter of a wrong name', 'postgres://ada:s3cr3t@h/d?sslmod=require', 'has a parameter that Latchkey does not know'],
    ['a mode that is none', 'postgres://ada:s3cr3t@h/d?sslmode=s3cr3t', 'sslmode cannot be used; use one of disable, require'],
    ['a mode that protects from nobody', 'postgres://ada:s3cr3t@h/d?sslmode=prefer', 'sslmode cannot be used'],
    ['a parameter that is given twice', 'postgres://ada:s3cr3t@h/d?schema=a&schema=b', 'schema cannot be used'],
    ['a schema that would have to be quoted', 'postgres://ada:s3cr3t@h/d?schema=s3cr3t";', 'schema cannot be used'],
    ['a schema of the system', 'postgres://ada:s3cr3t@h/d?schema=pg_temp', 'schema cannot be used'],
    ['two hosts', 'postgres://ada:s3cr3t@h/d?host=h2', 'names two hosts'],
    ['a port that is none', 'postgres://ada:s3cr3t@h:0/d', 'the port 0 cannot be used'],
    ['a fragment', 'postgres://ada:s3cr3t@h/d#s3cr3t', 'has a fragment'],
    ['a certificate without its key', 'postgres://ada:s3cr3t@h/d?sslmode=require&sslcert=/s3cr3t', 'sslcert and sslkey go together'],
    ['a certificate without TLS', 'postgres://ada:s3cr3t@h/d?sslrootcert=/s3cr3t', 'go with sslmode'],
  ])('with %s is refused, and nothing of it is repeated', (_what, url, says) => {
    let problem = '';
    try {
      parsePostgresUrl(url);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      problem = String(error);
    }
    expect(problem).toContain(says);
    expect(problem).not.toMatch(/s3cr3t|sslmod\b/);
  });

  it('names every problem at once', () => {
    expect(() => parsePostgresUrl('postgres://h/?sslmode=x&schema=X')).toThrow(/names no database.*\n.*schema.*\n.*sslmode/);
  });
});
