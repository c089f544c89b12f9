/** PostgreSQL for measurements: a server of its own, as tests have it, and what it costs its machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { importTypeScript } from './import-typescript.js';

/**
 * Hands a server to `measure`, and ends it afterwards. Where PostgreSQL is not installed, says that `what` is left out.
 *
 * @param {string} what
 * @param {(server: import('../tools/services/postgres.js').PostgresServer) => Promise<void>} measure
 */
export async function onPostgres(what, measure) {
  const services = await importTypeScript('tools/services/postgres.ts');
  if (services.findPostgres() === null) {
    process.stderr.write(`left out: ${what} (PostgreSQL is not installed: apt-get install postgresql)\n`);
    return;
  }
  const server = await services.startPostgres();
  try {
    await measure(server);
  } finally {
    await server.dispose();
  }
}

/** What all processes of the server have used so far, in microseconds, to within some ticks of 10 ms. Linux alone tells. */
export function cpuOfServer(server) {
  const [postmaster] = readFileSync(`${server.folder}/data/postmaster.pid`, 'utf8').split('\n');
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + ticksOf(pid, postmaster), 0);
  return ticks * 10_000;
}

/** Of a server's session, or of the server itself with its sessions that have ended; of all else nothing. */
function ticksOf(pid, postmaster) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((index) => fields[index]);
  if (pid === postmaster) return [user, system, endedUser, endedSystem].reduce((sum, count) => sum + Number(count), 0);
  return parent === postmaster ? Number(user) + Number(system) : 0;
}
