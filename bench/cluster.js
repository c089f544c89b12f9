/**
 * How long a revocation takes that three nodes on PostgreSQL must hear of, beside a bare round trip to the same server;
 * once as it is on this machine, where all that takes part shares its processors, and once with a network in between, so that
 * round trips are what counts. And with a node that was killed, beside the lease. Wall time, for here it is the subject.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './cpu.js';
import { importTypeScript } from './import-typescript.js';
import { onPostgres } from './postgres-server.js';

const NODES = 3;
const LEASE_MS = 5_000;
const REVOCATIONS = 100;
const KILLS = 3;
/** Each way. */
const NETWORK_MS = 5;

await onPostgres('cluster', async (server) => {
  await compareWell(await server.createDatabase(), `revoke on ${NODES} nodes, PostgreSQL`);
  await compareDistant(server);
  await compareDead(await server.createDatabase());
});

async function compareWell(database, what) {
  const nodes = await startNodes(database);
  // The first calls warm up.
  await ask(nodes[0], 'revoke', REVOCATIONS / 5);
  const { revokeMs, roundTripMs, lapsed } = await ask(nodes[0], 'revoke', REVOCATIONS);
  if (lapsed > REVOCATIONS / 20) throw new Error(`${lapsed} times a node was not heard of.`);
  process.send({ what, subject: median(revokeMs), baseline: median(roundTripMs), unit: 'ms', goal: '≤ 5 round trips' });
  for (const node of nodes) await end(node, 'SIGTERM');
}

async function compareDistant(server) {
  const { startTcpProxy } = await importTypeScript('tools/services/tcp-proxy.ts');
  const proxy = await startTcpProxy({ port: server.port });
  proxy.delay(NETWORK_MS);
  const url = new URL(await server.createDatabase());
  url.port = String(proxy.port);
  await compareWell(String(url), `the same, with ${2 * NETWORK_MS} ms between nodes and server`);
  await proxy.dispose();
}

async function compareDead(database) {
  const revokeMs = [];
  const nodes = await startNodes(database);
  for (let kill = 0; kill < KILLS; kill++) {
    await end(nodes.pop(), 'SIGKILL');
    const measured = await ask(nodes[0], 'revoke', 1);
    if (measured.lapsed !== 1) throw new Error(`${measured.lapsed} nodes were found gone.`);
    revokeMs.push(...measured.revokeMs);
    nodes.push(await startNode(database));
    await untilKnown(nodes);
  }
  const what = `revoke, one of ${NODES} nodes killed, beside the lease`;
  process.send({ what, subject: median(revokeMs), baseline: LEASE_MS, unit: 'ms', goal: '≤ 1.2 × the lease' });
  for (const node of nodes) await end(node, 'SIGTERM');
}

async function startNodes(database) {
  const nodes = [];
  for (let number = 0; number < NODES; number++) nodes.push(await startNode(database));
  await untilKnown(nodes);
  return nodes;
}

async function startNode(database) {
  const node = fork(fileURLToPath(new URL('cluster-node.js', import.meta.url)), [database, String(LEASE_MS)]);
  node.once('exit', (code) => {
    if (code !== null) throw new Error(`A node ended with ${code}.`);
  });
  await once(node, 'message');
  return node;
}

/** A node waits for those that it knows of, and hears of others at its next renewal. */
async function untilKnown(nodes) {
  await wait(LEASE_MS / 2);
  for (const node of nodes) while ((await ask(node, 'known')) < nodes.length) await wait(50);
}

async function ask(node, name, argument) {
  const answered = once(node, 'message');
  node.send({ name, argument });
  const [{ result }] = await answered;
  return result;
}

async function end(node, signal) {
  const ended = once(node, 'exit');
  node.kill(signal);
  await ended;
}
