import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from './service-process.js';

const ATTEMPTS = 1_200;
const PAUSE_MS = 50;

/** Resolves when the process accepts connections. Rejects, with what it printed, where it ends first or takes a minute. */
export async function untilListening(child: ServiceProcess, port: number, name: string): Promise<void> {
  for (let attempt = 0; !(await accepts(port)); attempt += 1) {
    if (child.exited || attempt === ATTEMPTS) throw new Error(`${name} did not start: ${child.output()}`);
    await wait(PAUSE_MS);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
