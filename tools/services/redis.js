// @ts-check
/**
 * Redis servers of one's own, for tests and measurements: on loopback, on free ports, without persistence, in a folder
 * that goes with them. They end with the process that started them, however it ends where the system can see to that.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/**
 * @typedef {object} RedisServer
 * @property {number} port
 * @property {string} url
 * @property {() => void} kill As `kill -9`.
 * @property {() => void} pause As `kill -STOP`: connections stay, answers stop.
 * @property {() => void} resume
 * @property {() => Promise<void>} restart Empty, on the same port; ends it first where it still runs.
 * @property {() => Promise<void>} stop
 */

/** A server that is not up after so long never will be. */
const UP_WITHIN_MS = 120_000;
const ATTEMPTS = 5;
const DIES_WITH_PARENT = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

/** Whether this machine has Redis; where it has not, tests of it are left out (tools/check.js says so). */
export function hasRedis() {
  return spawnSync('sh', ['-c', 'command -v redis-server && command -v redis-cli']).status === 0;
}

/**
 * Starts a server and waits until it answers. `options` are lines of its configuration, such as
 * `['requirepass', 'secret']`.
 *
 * @param {readonly (readonly [string, string])[]} options
 * @returns {Promise<RedisServer>}
 */
export async function startRedis(options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  for (let attempt = 1; ; attempt++) {
    // Somebody else may take the port between the look and the start.
    const port = await freePort();
    try {
      return await serve({ port, folder, options });
    } catch (error) {
      if (attempt < ATTEMPTS) continue;
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

/**
 * A Redis Cluster of so many nodes (at least 3), without replicas, each with its share of the slots.
 *
 * @param {number} size
 */
export async function startRedisCluster(size) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  /** @type {RedisServer[]} */
  const nodes = [];
  for (let index = 0; index < size; index++) {
    const own = join(folder, String(index));
    mkdirSync(own);
    // The nodes speak to each other on a port of their own, by default 10 000 above; some are taken.
    const busPort = await freePort();
    /** @type {[string, string][]} */
    const options = [
      ['cluster-enabled', 'yes'],
      ['cluster-node-timeout', '30000'],
      ['cluster-require-full-coverage', 'no'],
      ['cluster-port', String(busPort)],
    ];
    nodes.push(await serve({ port: await freePort([busPort]), folder: own, options }));
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const { status, stdout, stderr } = spawnSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { encoding: 'utf8' });
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  if (status !== 0) {
    await stop();
    throw new Error(`The cluster could not be made: ${stdout}${stderr}`);
  }
  // A node takes no commands for a moment, though all agree on the cluster.
  const until = performance.now() + UP_WITHIN_MS;
  while (!nodes.every(({ port }) => isInCluster(port, size)) && performance.now() < until) await pause(50);
  return { nodes, url: `redis+cluster://${addresses.join(',')}`, stop };
}

/**
 * @param {number} port
 * @param {number} size
 */
function isInCluster(port, size) {
  const { stdout } = spawnSync('redis-cli', ['-p', String(port), 'cluster', 'info'], { encoding: 'utf8' });
  return stdout.includes('cluster_state:ok') && stdout.includes(`cluster_known_nodes:${size}\r`);
}

/**
 * @param {{ port: number, folder: string, options: readonly (readonly [string, string])[] }} where
 * @returns {Promise<RedisServer>}
 */
async function serve({ port, folder, options }) {
  let child = await run({ port, folder, options });
  const killLast = () => child.kill('SIGKILL');
  process.once('exit', killLast);
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: killLast,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      await end();
      child = await run({ port, folder, options });
    },
    async stop() {
      process.off('exit', killLast);
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * @param {{ port: number, folder: string, options: readonly (readonly [string, string])[] }} where
 */
async function run({ port, folder, options }) {
  const settings = [['port', String(port)], ['bind', '127.0.0.1'], ['dir', folder], ['save', ''], ['appendonly', 'no'], ...options];
  const command = ['redis-server', ...settings.flatMap(([name = '', value = '']) => [`--${name}`, value])];
  const [file = '', ...rest] = DIES_WITH_PARENT ? ['setpriv', '--pdeathsig', 'KILL', ...command] : command;
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output = `${output}${chunk}`.slice(-4096)));
  child.stderr.on('data', (chunk) => (output = `${output}${chunk}`.slice(-4096)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const until = performance.now() + UP_WITHIN_MS;
  while (!(await answers(port))) {
    const exited = await Promise.race([ended.then(() => true), pause(10).then(() => false)]);
    if (!exited && performance.now() < until) continue;
    child.kill('SIGKILL');
    throw new Error(`redis-server did not start: ${output}`);
  }
  return child;
}

/**
 * Whether a server takes commands there; one that asks for a password does.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => {
      resolve(/^(?:\+PONG|-NOAUTH|-ERR)/.test(String(chunk)));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
