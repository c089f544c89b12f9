/**
 * The service's composition root: from a configuration to an engine, an HTTP app on a socket, and the order in
 * which they end. The one place in this package where an engine is made.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ConfigurationError, createLatchkey, type Latchkey } from 'latchkey';
import { createJwtVerifier } from 'latchkey/jwt';
import { describeSettings, jwtOptionsOf, oidcOptionsOf, policyOf, portalOf, type Config } from './config/index.js';
import { createApp, type AppOptions } from './http/create-app.js';
import { serveApp, type RunningService } from './http/listen.js';
import type { RequestLog } from './telemetry/logger.js';

export interface Service {
  /** Where it listens, with the port that it really has. */
  readonly url: string;
  /**
   * Takes nothing new, finishes what is under way within the configured time, makes usage and counters durable,
   * and releases the database. Safe to call twice.
   */
  close(): Promise<void>;
}

/**
 * Starts the service. Rejects with a ConfigurationError, holding nothing open, where the configuration cannot be
 * run with: a database of another process, a wrong pepper, a port that is taken.
 */
export async function startService(config: Config, log: RequestLog): Promise<Service> {
  const latchkey = await createLatchkey(engineOptions(config));
  try {
    const listener = await listen(config, latchkey, log);
    let closing: Promise<void> | null = null;
    return { url: listener.url, close: async () => (closing ??= close(listener, latchkey, config)) };
  } catch (error) {
    await latchkey.close();
    throw error;
  }
}

function engineOptions(config: Config): Parameters<typeof createLatchkey>[0] {
  const { database, prefix, environments, environment, tiers, peppers, maxKeysPerOwner, cacheKeys, guessesPerMinute, onLimiterFailure } =
    config;
  return {
    database,
    prefix,
    environments,
    environment: environment ?? undefined,
    tiers,
    peppers,
    maxKeysPerOwner,
    cacheKeys,
    guessesPerMinute,
    onLimiterFailure,
  };
}

async function listen(config: Config, latchkey: Latchkey, log: RequestLog): Promise<RunningService> {
  const { adminKey, trustedProxies, allowQueryKey, bodyLimit, host, port, publicUrl } = config;
  const jwt = jwtOptionsOf(config);
  const selfService = { jwt: jwt === null ? null : createJwtVerifier(jwt), policy: policyOf(config) };
  const app = createApp(latchkey, {
    adminKey,
    selfService,
    trustedProxies,
    allowQueryKey,
    bodyLimit,
    log,
    about: about(config),
    publicUrl,
    portal: portalOf(config),
    oidc: oidcOptionsOf(config),
    pagesFolder: findPages(),
  });
  try {
    return await serveApp(app, { host, port });
  } catch (error) {
    throw new ConfigurationError([`HOST and PORT: ${host}:${port} cannot be listened on (${codeOf(error)}). ${mendOf(codeOf(error))}`]);
  }
}

/** The pages are a package of their own, of files alone. Null where it is not installed, or was not built. */
function findPages(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('@latchkey/dashboard/index.html'));
  } catch {
    return null;
  }
}

function about(config: Config): NonNullable<AppOptions['about']> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    version,
    node: process.version,
    database: { kind: 'sqlite' },
    limiter: { kind: 'memory' },
    settings: describeSettings(config),
  };
}

async function close(listener: RunningService, latchkey: Latchkey, { shutdownMs }: Config): Promise<void> {
  await listener.close(shutdownMs);
  await latchkey.close();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}

function mendOf(code: string): string {
  if (code === 'EADDRINUSE') return 'Another process listens there: stop it, or choose another PORT.';
  if (code === 'EACCES') return 'Ports below 1024 need rights that this user lacks: choose another PORT.';
  return 'Use an address of this machine, such as 127.0.0.1.';
}
