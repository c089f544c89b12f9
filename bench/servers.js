/** Servers in processes of their own, and what a request costs them: their CPU time, not their callers'. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { applyLoad } from './load.js';

const CONNECTIONS = 64;

/** Starts `file` of this folder; `ready` is the first message that it sends, with the `port` that it listens on. */
export function startServer(file, { args = [], env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { env: { ...process.env, ...env } });
    child.once('message', (ready) => resolve({ child, ready }));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

/** To be called in the server's own process, once it listens. */
export function reportReady(ready) {
  process.on('message', () => process.send(process.cpuUsage()));
  process.send(ready);
}

/** CPU nanoseconds of one request, over so many on 64 connections. */
export async function costOfRequest(server, { bytes, requests }) {
  const before = await cpu(server);
  await applyLoad(server.ready.port, { bytes, requests, connections: CONNECTIONS });
  return ((await cpu(server)) - before) / requests;
}

function cpu({ child }) {
  return new Promise((resolve) => {
    child.once('message', ({ user, system }) => resolve((user + system) * 1000));
    child.send('cpu');
  });
}
