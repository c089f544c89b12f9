// @ts-check
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for those who ask for any, so that nobody is given it meanwhile. */
const [FIRST, END] = [20_000, 32_000];
const ATTEMPTS = 1_000;

/**
 * A port of the loopback address that nobody listens on, drawn by chance so that two who look at one time find different ones.
 *
 * @param {readonly number[]} [taken] By somebody who does not listen yet.
 * @returns {Promise<number>}
 */
export async function freePort(taken = []) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (!taken.includes(port) && (await canListen(port))) return port;
  }
  throw new Error(`No port from ${FIRST} to ${END - 1} is free.`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function canListen(port) {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
