/** Whether a Redis is fit to count limits in: looked at when Latchkey starts, and by `latchkey doctor`. Changes nothing. */
import type { Clock } from '../../ports/clock.js';
import { withDeadline } from '../../domain/utilities/deadline.js';
import { describeAddress, type RedisAddress } from './address.js';
import type { RedisConnection, RedisNode } from './connection.js';
import type { RedisFinding, RedisNodeReport, RedisReport } from './report.js';

interface Inspection {
  readonly clock: Clock;
  /** How long each call may take, in milliseconds. */
  readonly timeoutMs: number;
}

type Info = ReadonlyMap<string, string>;

const PINGS = 5;
const CLOCK_TOLERANCE_MS = 1_000;
const OLDEST = [6, 2] as const;
const NO_CONNECTION = 'Nothing answers.';
/** What Redis answers to those that it does not let in. */
const REFUSED = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/;
const WITHOUT_CLUSTER = /cluster support disabled/;

/** Never rejects: what cannot be looked at is a finding. */
export async function inspectRedis(connection: RedisConnection, address: RedisAddress, options: Inspection): Promise<RedisReport> {
  const refusal = connection.databaseRefusal();
  if (refusal !== null) return { nodes: [], findings: [withoutDatabase(address, refusal)] };
  const nodes = connection.nodes();
  const reasons: string[] = [];
  const inspected = await Promise.all(
    nodes.map((node) =>
      inspectNode(node, options).catch((error: unknown) => void reasons.push(error instanceof Error ? error.message : '')),
    ),
  );
  const answered = inspected.filter((node) => node !== undefined);
  if (answered.length === 0) return { nodes: [], findings: [silence(address, connection.lastError() ?? reasons[0] ?? NO_CONNECTION)] };
  return {
    nodes: answered.map(({ report }) => report).filter((report) => report !== null),
    findings: answered.flatMap((node) => judge(node, address)),
  };
}

interface InspectedNode {
  readonly address: string;
  /** Null where INFO may not be asked for. */
  readonly info: Info | null;
  readonly report: RedisNodeReport | null;
  readonly clockAheadMs: number;
}

async function inspectNode(node: RedisNode, { clock, timeoutMs }: Inspection): Promise<InspectedNode> {
  const call = (command: 'INFO' | 'PING' | 'TIME') => withDeadline(clock, timeoutMs, node.call(command));
  const latencies: number[] = [];
  for (let ping = 0; ping < PINGS; ping++) {
    const startedAt = clock.monotonicMs();
    await call('PING');
    latencies.push(clock.monotonicMs() - startedAt);
  }
  const latencyMs = latencies.toSorted((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  const askedAt = clock.monotonicMs();
  const time = await call('TIME');
  // As it was half a round trip ago.
  const clockAheadMs = aheadOf(clock.now() - (clock.monotonicMs() - askedAt) / 2, time);
  const info = await call('INFO').then(readInfo, (error: Error) => {
    if (error.message.startsWith('NOPERM')) return null;
    throw error;
  });
  return { address: node.address, info, report: info === null ? null : reportOf(node.address, info, latencyMs), clockAheadMs };
}

function reportOf(address: string, info: Info, latencyMs: number): RedisNodeReport {
  const valkey = info.get('valkey_version');
  return {
    address,
    product: valkey === undefined ? 'Redis' : 'Valkey',
    version: valkey ?? info.get('redis_version') ?? 'unknown',
    latencyMs,
    memory: { usedBytes: Number(info.get('used_memory') ?? 0), maxBytes: Number(info.get('maxmemory') ?? 0) },
  };
}

function withoutDatabase(address: RedisAddress, reason: string): RedisFinding {
  const where = describeAddress(address);
  return {
    status: 'wrong',
    detail: `Redis at ${where} does not give database ${address.database} to Latchkey (${reason.replace(/\.$/, '')}).`,
    mend: 'Use a number below the setting "databases" of the server (16 by default) in the URL; its user needs +select.',
  };
}

function silence(address: RedisAddress, reason: string): RedisFinding {
  const where = describeAddress(address);
  if (REFUSED.test(reason)) {
    const detail = `Redis at ${where} does not let Latchkey in (${reason.split(' ')[0]}).`;
    return {
      status: 'wrong',
      detail,
      mend: 'Correct user and password in the URL; the user needs the commands of +@scripting +@read +@write +time.',
    };
  }
  if (WITHOUT_CLUSTER.test(reason)) {
    return { status: 'wrong', detail: `Redis at ${where} is no cluster.`, mend: 'Use redis:// in place of redis+cluster://.' };
  }
  return {
    status: 'unreachable',
    detail: `Redis at ${where} does not answer: ${reason.replace(/\.$/, '')}.`,
    mend: 'Start it, or correct the URL; the connection is tried again all the time.',
  };
}

function judge({ address, info, clockAheadMs }: InspectedNode, { cluster }: RedisAddress): readonly RedisFinding[] {
  const findings: RedisFinding[] = [];
  const add = (status: RedisFinding['status'], detail: string, mend: string): void => void findings.push({ status, detail, mend });
  if (Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS) {
    const detail = `The clock of Redis at ${address} is ${Math.abs(clockAheadMs) / 1000} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this machine's.`;
    add('warning', detail, 'Limits count by the clock of Redis. Keep both right with NTP (chrony, systemd-timesyncd).');
  }
  if (info === null) {
    add(
      'warning',
      `Redis at ${address} does not allow INFO: version and eviction policy could not be checked.`,
      'Allow it (ACL +info), or make sure that maxmemory-policy is noeviction.',
    );
    return findings;
  }
  const version = info.get('redis_version') ?? '0';
  if (isOlder(version)) add('wrong', `Redis at ${address} is version ${version}.`, `Use Redis ${OLDEST.join('.')} or later, or Valkey.`);
  if (!cluster && info.get('cluster_enabled') === '1') {
    add('wrong', `Redis at ${address} is a node of a Redis Cluster.`, 'Use redis+cluster:// in place of redis://.');
  }
  if (info.get('role') === 'slave') {
    add('warning', `Redis at ${address} is a replica, which counts nothing.`, 'Use the address of the primary.');
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    const detail = `Redis at ${address} drops keys when its memory is full (maxmemory-policy ${policy}): limits that it drops begin afresh.`;
    add('warning', detail, 'Set maxmemory-policy to noeviction, and watch its memory.');
  }
  return findings;
}

/** `name:value` lines. */
function readInfo(text: unknown): Info {
  const lines = String(text).split(/\r?\n/);
  return new Map(
    lines.filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function aheadOf(now: number, time: unknown): number {
  const [seconds, microseconds] = Array.isArray(time) ? time.map(Number) : [];
  return seconds === undefined || microseconds === undefined ? 0 : Math.round(seconds * 1000 + microseconds / 1000 - now);
}
