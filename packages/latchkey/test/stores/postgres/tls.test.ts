/** Encrypted connections to a server with a certificate of an authority of its own. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, type CertificateAuthority, type Certificate } from '../../../../../tools/services/certificates.js';
import { findPostgres, startPostgres, type PostgresServer } from '../../../../../tools/services/postgres.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { ConfigurationError } from '../../../src/domain/errors.js';
import { openPostgresStorage } from '../../../src/stores/postgres/open.js';
import { PATIENT_MS } from './opened-postgres.js';

const openssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(findPostgres() === null || !openssl)('TLS', () => {
  let folder: string;
  let server: PostgresServer;
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let client: Certificate;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
    [authority, stranger] = [makeAuthority(folder, 'authority'), makeAuthority(folder, 'stranger')];
    const own = authority.issue('server', { host: 'localhost' });
    client = authority.issue('client', { user: 'certified' });
    server = await startPostgres();
    await server.query('create role certified superuser login');
    const { uid, gid } = statSync(server.folder);
    for (const path of [folder, own.key, own.certificate, authority.certificate]) chownSync(path, uid, gid);
    server.configure(
      'ssl = on',
      `ssl_key_file = '${own.key}'`,
      `ssl_cert_file = '${own.certificate}'`,
      `ssl_ca_file = '${authority.certificate}'`,
    );
    server.configureAccess('hostssl all certified all cert', 'hostnossl encrypted all all reject', 'host all all all scram-sha-256');
    await server.query('create database encrypted');
    await server.stop();
    await server.start();
  });

  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function url(parameters: Readonly<Record<string, string>>, host = 'localhost', database = 'postgres'): string {
    const own = new URL(server.url(database));
    own.hostname = host;
    own.search = new URLSearchParams(parameters).toString();
    return own.href;
  }

  let calls = 0;

  /** Whether what is opened so is encrypted. */
  async function encrypted(of: string): Promise<boolean> {
    // Sessions of the call before may not be gone yet.
    const name = `call-${++calls}`;
    const own = new URL(of);
    own.searchParams.set('application_name', name);
    const storage = await openPostgresStorage({ url: own.href, clock: systemClock, timeoutMs: PATIENT_MS });
    try {
      await storage.check();
      const [row] = await server.query(
        `select bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = '${name}'`,
      );
      expect(row?.['ssl']).not.toBeNull();
      return row?.['ssl'] === true;
    } finally {
      await storage.close();
    }
  }

  const refused = async (of: string): Promise<unknown> =>
    openPostgresStorage({ url: of, clock: systemClock, timeoutMs: PATIENT_MS }).then(
      async (storage) => storage.close(),
      (error: unknown) => error,
    );

  it('is not used where nothing is said, and encrypts with "require", whoever the server is', async () => {
    expect(await encrypted(url({}))).toBe(false);
    expect(await encrypted(url({ sslmode: 'disable' }))).toBe(false);
    expect(await encrypted(url({ sslmode: 'require' }))).toBe(true);
    expect(await encrypted(url({ sslmode: 'require' }, '127.0.0.1'))).toBe(true);
    expect(await encrypted(url({ sslmode: 'require', channel_binding: 'require' }))).toBe(true);
  });

  it('with "verify-full" accepts the right authority and name, and nothing else', async () => {
    const right = { sslmode: 'verify-full', sslrootcert: authority.certificate };
    expect(await encrypted(url(right))).toBe(true);
    for (const wrong of [url({ ...right, sslrootcert: stranger.certificate }), url({ sslmode: 'verify-full' }), url(right, '127.0.0.1')]) {
      const error = await refused(wrong);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain('the certificate of the server is not trusted');
    }
  });

  it('with "verify-ca", and with "require" and an authority, accepts any name of that authority', async () => {
    for (const sslmode of ['verify-ca', 'require']) {
      expect(await encrypted(url({ sslmode, sslrootcert: authority.certificate }, '127.0.0.1'))).toBe(true);
      expect(String(await refused(url({ sslmode, sslrootcert: stranger.certificate })))).toContain('not trusted');
    }
  });

  it('lets a user in by a certificate', async () => {
    const own = new URL(
      url({ sslmode: 'verify-full', sslrootcert: authority.certificate, sslcert: client.certificate, sslkey: client.key }),
    );
    own.username = 'certified';
    own.password = '';
    expect(await encrypted(own.href)).toBe(true);
    own.searchParams.delete('sslcert');
    own.searchParams.delete('sslkey');
    expect(String(await refused(own.href))).toContain('does not let the user "certified" in');
  });

  it('that a server asks for and the URL does not is named in the refusal', async () => {
    expect(String(await refused(url({}, 'localhost', 'encrypted')))).toContain('add sslmode=verify-full');
  });

  it('that a server does not offer is named in the refusal', async () => {
    const plain = await startPostgres();
    try {
      const error = await refused(`${plain.url()}?sslmode=require`);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain('does not offer TLS');
    } finally {
      await plain.dispose();
    }
  });

  it('names the parameter whose file cannot be read', async () => {
    expect(String(await refused(url({ sslmode: 'verify-full', sslrootcert: join(folder, 'none.crt') })))).toContain(
      'the file that sslrootcert names',
    );
  });
});
