/** Certificates for tests, made with openssl. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateAuthority extends Certificate {
  /** A certificate made out to a host or user by this authority. */
  issue(name: string, subject: { readonly host?: string; readonly user?: string }): Certificate;
}

/** Files of the folder that begin with the name; a day of validity. */
export function makeAuthority(folder: string, name: string): CertificateAuthority {
  const own = filesOf(folder, name);
  openssl('req', '-x509', ...newKey(own.key), '-subj', `/CN=${name}`, '-days', '1', '-out', own.certificate);
  return {
    ...own,
    issue(of, { host, user }) {
      const issued = filesOf(folder, of);
      const [request, extensions] = [join(folder, `${of}.csr`), join(folder, `${of}.ext`)];
      writeFileSync(extensions, host === undefined ? '' : `subjectAltName=DNS:${host}\n`);
      openssl('req', ...newKey(issued.key), '-subj', `/CN=${user ?? host ?? of}`, '-out', request);
      openssl('x509', '-req', '-in', request, '-CA', own.certificate, '-CAkey', own.key, '-CAcreateserial', ...asked(extensions, issued));
      return issued;
    },
  };
}

function asked(extensions: string, { certificate }: Certificate): readonly string[] {
  const extended = readFileSync(extensions, 'utf8') === '' ? [] : ['-extfile', extensions];
  return ['-days', '1', ...extended, '-out', certificate];
}

function filesOf(folder: string, name: string): Certificate {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

function newKey(path: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path];
}

function openssl(...parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
}
