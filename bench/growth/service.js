/** `latchkey serve` on a database, in a process of its own, and questions to it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../tools/services/free-port.js';
import { ADMIN_KEY, createAsking } from './asking.js';

const MAIN = fileURLToPath(new URL('../../packages/server/bin/latchkey.js', import.meta.url));
/** A service that has not started by then never will. */
const START_MS = 120_000;

/** @param {string} database */
export async function startServiceProcess(database) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ADMIN_API_KEY: ADMIN_KEY, DATABASE_URL: database, LATCHKEY_LOG_LEVEL: 'error' },
  });
  const asking = createAsking(port);
  while ((await asking.ask({ path: '/readyz' }).catch(() => null))?.status !== 200) {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}.`);
    if (performance.now() - startedAt > START_MS) throw new Error('The service did not start.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    ...asking,
    port,
    pid: child.pid,
    readyMs: performance.now() - startedAt,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      asking.agent.destroy();
    },
  };
}

/** A caller in a process of its own, which verifies at a steady pace from now on; `stop` says how that went. */
export async function startProbe(port, token) {
  const child = fork(fileURLToPath(new URL('probe.js', import.meta.url)), [String(port)]);
  child.send({ token });
  await once(child, 'message');
  return {
    /** Returns the figures of the last stretch of time; the next one begins. */
    async take() {
      child.send('take');
      const [taken] = await once(child, 'message');
      return taken;
    },
    stop: () => child.kill(),
  };
}
