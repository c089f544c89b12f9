// @ts-check
/** Programs that some tests need and npm does not bring. Without one, its tests are left out, and the check names them. */
import { spawnSync } from 'node:child_process';

/**
 * `or` is a program that serves as well; `places` are those where Debian puts one outside of `PATH`; `from` is Debian's
 * package; whole tests in the folder `files` are left out, other tests look for their program themselves.
 *
 * @typedef {{ readonly command: string, readonly or?: string, readonly places?: string, readonly from: string, readonly tests: string, readonly files?: string }} Program
 */

/** @type {readonly Program[]} */
const PROGRAMS = [
  {
    command: 'script',
    from: 'bsdutils',
    tests: 'how "latchkey serve" behaves on a terminal, the guides, and the READMEs of the examples',
  },
  { command: 'curl', from: 'curl', tests: 'the guides, the READMEs of the examples, and the lines that "latchkey serve" prints' },
  {
    command: 'chromium-headless-shell',
    or: 'chromium',
    from: 'chromium-headless-shell',
    tests: 'the dashboard in a real browser',
    files: 'packages/dashboard/test/',
  },
  { command: 'redis-server', from: 'redis-server', tests: 'limits in Redis' },
  { command: 'redis-cli', from: 'redis-tools', tests: 'limits in a Redis Cluster' },
  { command: 'initdb', places: '/usr/lib/postgresql/*/bin', from: 'postgresql', tests: 'everything on PostgreSQL' },
  { command: 'pgbouncer', places: '/usr/sbin', from: 'pgbouncer', tests: 'PostgreSQL behind PgBouncer' },
  { command: 'openssl', from: 'openssl', tests: 'TLS to PostgreSQL' },
  { command: 'caddy', from: 'caddy', tests: 'the service behind Caddy' },
  { command: 'nginx', places: '/usr/sbin', from: 'nginx-light', tests: 'the service behind nginx' },
  { command: 'haproxy', places: '/usr/sbin', from: 'haproxy', tests: 'the service behind HAProxy' },
  { command: 'systemd-analyze', from: 'systemd', tests: 'the unit of systemd' },
];

/** @returns {readonly Program[]} */
export function missingPrograms() {
  return PROGRAMS.filter(({ command, or = command, places = '/usr/bin' }) => {
    const looks = [`command -v ${command}`, `command -v ${or}`, `ls ${places}/${command}`];
    return spawnSync('sh', ['-c', looks.join(' || ')]).status !== 0;
  });
}

/** Returns the folders whose whole tests cannot run here. */
export function leftOutTests() {
  return missingPrograms().flatMap(({ files }) => files ?? []);
}
