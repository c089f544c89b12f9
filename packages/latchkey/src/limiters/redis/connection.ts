/**
 * A connection to Redis, through the optional peer ioredis, as a limiter wants it: a call is made at once or not at
 * all. None waits for a connection, and none is sent a second time, as the first may have been charged.
 */
import type * as IoRedis from 'ioredis';
import type { Cluster, Redis } from 'ioredis';
import { ConfigurationError } from '../../domain/errors.js';
import { installing } from '../../domain/missing-package.js';
import { withDeadline } from '../../domain/utilities/deadline.js';
import type { Clock } from '../../ports/clock.js';
import type { RedisAddress } from './address.js';
import { clusterSlotOf } from './hash-slot.js';
import type { RedisScripts } from './redis-limiter.js';

export interface RedisConnection {
  readonly scripts: RedisScripts;
  /** Which node has the key, for messages and to tell nodes apart; of a single server its address. */
  nodeOf(key: string): string;
  /** Every node that may have counters, each by itself. */
  nodes(): readonly RedisNode[];
  /** What last went wrong with the connection; null where nothing has. */
  lastError(): string | null;
  /** Why the database of the URL cannot be selected; null where it is, or nothing has answered yet. */
  databaseRefusal(): string | null;
  close(): Promise<void>;
}

export interface RedisNode {
  readonly address: string;
  call(command: 'INFO' | 'PING' | 'TIME'): Promise<unknown>;
}

export interface ConnectOptions {
  readonly clock: Clock;
  /** How long to wait for the connection to stand. It is tried again and again afterwards, too. */
  readonly withinMs: number;
  /** How long calls may take, in milliseconds. */
  readonly timeoutMs: number;
}

export type IoRedisModule = Pick<typeof IoRedis, 'Cluster' | 'Redis'>;

/** A server that is silent for so long while calls wait, and twice as long as they may take, is connected to anew. */
const SILENCE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const QUIT_WITHIN_MS = 1_000;

/** Resolves also where Redis does not answer: see `lastError`. Rejects with a ConfigurationError where ioredis is not installed. */
export async function connectRedis(address: RedisAddress, options: ConnectOptions): Promise<RedisConnection> {
  const client = await loadIoRedis();
  const { clock, withinMs, timeoutMs } = options;
  const common = connectionOptions(address, Math.max(SILENCE_MS, 2 * timeoutMs));
  const opened = address.cluster ? openCluster(client, address, common) : openServer(client, address, common);
  await withDeadline(clock, withinMs, opened.connect()).catch((error: Error) => opened.failed(error));
  return {
    ...opened,
    close: async () => withDeadline(clock, QUIT_WITHIN_MS, opened.quit()).catch(() => opened.cut()),
  };
}

interface Opened extends Omit<RedisConnection, 'close'> {
  connect(): Promise<void>;
  failed(error: Error): void;
  quit(): Promise<void>;
  cut(): void;
}

type CommonOptions = ReturnType<typeof connectionOptions>;

function openServer({ Redis: Server }: IoRedisModule, address: RedisAddress, common: CommonOptions): Opened {
  const { host = '', port = 0 } = address.hosts[0] ?? {};
  const redis = new Server({ ...common, host, port, db: address.database, enableOfflineQueue: false, retryStrategy: delayBefore });
  const name = `${host}:${port}`;
  const { refusal, selected } = selecting(redis, address.database);
  return {
    ...commonOf(redis),
    scripts: selected(gathering(redis, () => redis)),
    databaseRefusal: refusal,
    nodeOf: () => name,
    nodes: () => [asNode(redis, name)],
  };
}

/**
 * ioredis goes on in database 0 where the one of the URL cannot be selected. Here every call then tries to select it
 * first, and fails where it cannot: what is counted is counted in no other database.
 */
function selecting(redis: Redis, database: number) {
  let refused: Error | null = null;
  redis.on('connect', () => (refused = null));
  redis.on('error', (error: Error & { readonly command?: { readonly name?: string } }) => {
    if (error.command?.name === 'select') refused = error;
  });
  const select = async (): Promise<void> => {
    await redis.select(database);
    refused = null;
  };
  return {
    refusal: () => refused?.message ?? null,
    selected: (scripts: RedisScripts): RedisScripts => ({
      evalsha: (...call) => (refused === null ? scripts.evalsha(...call) : select().then(() => scripts.evalsha(...call))),
      eval: (...call) => (refused === null ? scripts.eval(...call) : select().then(() => scripts.eval(...call))),
    }),
  };
}

function openCluster({ Cluster: Nodes }: IoRedisModule, address: RedisAddress, common: CommonOptions): Opened {
  const cluster = new Nodes([...address.hosts], {
    redisOptions: common,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: delayBefore,
    // What a lost connection or a cluster that is down leaves unanswered is not sent again.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Certificates name hosts, and a resolved address is none.
    ...(address.tls && { dnsLookup: (host: string, callback: (error: null, resolved: string) => void) => callback(null, host) }),
  });
  const connected = new Map<string, Redis>();
  const addressOf = ({ options: { host, port } }: Redis): string => `${host}:${port}`;
  cluster.on('+node', (node: Redis) => void connected.set(addressOf(node), node));
  cluster.on('-node', (node: Redis) => void connected.delete(addressOf(node)));
  const nodeOf = (key: string): string => cluster.slots[clusterSlotOf(key)]?.[0] ?? '';
  const scripts = gathering(cluster, (key) => connected.get(nodeOf(key)));
  return {
    ...commonOf(cluster),
    scripts,
    databaseRefusal: () => null,
    nodeOf,
    nodes: () => cluster.nodes('master').map((node) => asNode(node, addressOf(node))),
  };
}

/**
 * Calls of one turn of the event loop are written to the socket together: one system call for all of them, on both
 * sides, is half of what each costs. (ioredis can gather calls by itself, but into transactions of its own, which
 * costs more than it saves.)
 */
function gathering(client: Redis | Cluster, connectionOf: (key: string) => Redis | undefined): RedisScripts {
  const corked = new Set<Redis['stream']>();
  const cork = (key: unknown): void => {
    const stream = connectionOf(String(key))?.stream;
    if (stream === undefined || corked.has(stream)) return;
    corked.add(stream);
    stream.cork();
    queueMicrotask(() => {
      corked.delete(stream);
      stream.uncork();
    });
  };
  return {
    evalsha(sha, keyCount, ...rest) {
      cork(rest[0]);
      return client.evalsha(sha, keyCount, ...rest);
    },
    eval: (text, keyCount, ...rest) => client.eval(text, keyCount, ...rest),
  };
}

function connectionOptions({ tls, username, password }: RedisAddress, socketTimeout: number) {
  return {
    lazyConnect: true,
    connectionName: 'latchkey',
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout,
    // Together: what is under way when a connection is lost fails at once, and is not sent again.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A name that has moved on to another machine: what is connected to is a replica by now.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls && { tls: {} }),
  };
}

/** In milliseconds, before the nth attempt. */
function delayBefore(attempt: number): number {
  return Math.min(50 * 2 ** attempt, 1_000);
}

function commonOf(client: Redis | Cluster): Omit<Opened, 'scripts' | 'databaseRefusal' | 'nodeOf' | 'nodes'> {
  let last: string | null = null;
  // The message alone: what else these errors carry may hold the password.
  const note = (error: Error & { lastNodeError?: Error | null }): void => void (last = (error.lastNodeError ?? error).message);
  client.on('error', note);
  client.on('node error', note);
  client.on('ready', () => (last = null));
  return {
    connect: () => client.connect(),
    // Where more is known already, that says more: this error says that the connection was closed, or did not come in time.
    failed: (error) => void (last ??= error.message),
    lastError: () => last,
    quit: async () => void (await client.quit()),
    cut: () => client.disconnect(),
  };
}

function asNode(redis: Redis, address: string): RedisNode {
  return { address, call: (command) => redis.call(command) };
}

async function loadIoRedis(): Promise<IoRedisModule> {
  let found: Partial<IoRedisModule> = {};
  // In this form, with the name as it is, bundlers take the package along, and build without it where it is not installed.
  try {
    found = await import('ioredis');
  } catch {
    // As where a bundler put an empty module in its place.
  }
  const { Cluster, Redis } = found;
  if (Cluster !== undefined && Redis !== undefined) return { Cluster, Redis };
  throw new ConfigurationError([`redis: limits in Redis need the package ioredis, which cannot be loaded: ${installing('ioredis')}`]);
}
