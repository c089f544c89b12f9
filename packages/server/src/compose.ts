/**
 * The service's composition root: from a configuration to an engine, an HTTP app on a socket, and the order in
 * which they end. The one place in this package where an engine is made.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ConfigurationError, createLatchkey, type Latchkey, type LatchkeyOptions } from 'latchkey';
import type { JwtOptions, JwtVerifier } from 'latchkey/jwt';
import { describeSettings, jwtOptionsOf, libraryOptionsOf, oidcOptionsOf, policyOf, portalOf, type Config } from './config/index.js';
import { createApp, type AppOptions } from './http/create-app.js';
import { serveApp, type RunningService, type ServedApp, type ServeOptions } from './http/serving/listen.js';
import type { RequestLog } from './telemetry/logger.js';
import { ownVersion } from './own-package.js';

export interface Service {
  /** Where it listens, with the port that it really has. */
  readonly url: string;
  /** Where metrics listen; null where they have no port of their own. */
  readonly metricsUrl: string | null;
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
  const onNotice: LatchkeyOptions['onNotice'] = ({ level, code, message }) => log[level]({ notice: code }, message);
  const latchkey = await createLatchkey({ ...libraryOptionsOf(config), onNotice });
  try {
    const listeners = await listen(config, latchkey, log);
    let closing: Promise<void> | null = null;
    return {
      url: listeners.main.url,
      metricsUrl: listeners.metrics?.url ?? null,
      close: async () => (closing ??= close(listeners, latchkey, config)),
    };
  } catch (error) {
    await latchkey.close();
    throw error;
  }
}

interface Listeners {
  readonly main: RunningService;
  /** Null where metrics have no port of their own. */
  readonly metrics: RunningService | null;
}

async function listen(config: Config, latchkey: Latchkey, log: RequestLog): Promise<Listeners> {
  const { adminKey, trustedProxies, allowQueryKey, bodyLimit, host, port, maxConnections, publicUrl } = config;
  const { metrics, metricsHost, metricsPort, docs, openapi } = config;
  const jwt = jwtOptionsOf(config);
  const selfService = { jwt: jwt === null ? null : await verifierOf(jwt), policy: policyOf(config) };
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
    access: { metrics, docs, openapi },
    metricsApart: metricsPort !== null,
  });
  const apart =
    app.metrics === null || metricsPort === null
      ? null
      : await serveAt(
          app.metrics,
          { host: metricsHost, port: metricsPort, maxConnections },
          'LATCHKEY_METRICS_HOST and LATCHKEY_METRICS_PORT',
        );
  try {
    return { main: await serveAt(app, { host, port, maxConnections }, 'HOST and PORT'), metrics: apart };
  } catch (error) {
    await apart?.close(0);
    throw error;
  }
}

/** `settings` names where the address came from. */
async function serveAt(app: ServedApp, options: ServeOptions, settings: string): Promise<RunningService> {
  try {
    return await serveApp(app, options);
  } catch (error) {
    const { host, port } = options;
    throw new ConfigurationError([`${settings}: ${host}:${port} cannot be listened on (${codeOf(error)}). ${mendOf(codeOf(error))}`]);
  }
}

/** Loaded only where owners sign in so: it comes with the package that checks signatures. */
async function verifierOf(options: JwtOptions): Promise<JwtVerifier> {
  const { createJwtVerifier } = await import('latchkey/jwt');
  return createJwtVerifier(options);
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
  const database = /^postgres(?:ql)?:/.test(config.database) ? 'postgres' : 'sqlite';
  return {
    version: ownVersion(),
    node: process.version,
    database: { kind: database },
    limiter: { kind: config.redis !== null ? 'redis' : database === 'postgres' ? 'postgres' : 'memory' },
    settings: describeSettings(config),
  };
}

async function close({ main, metrics }: Listeners, latchkey: Latchkey, { shutdownMs }: Config): Promise<void> {
  await Promise.all([main.close(shutdownMs), metrics?.close(shutdownMs)]);
  await latchkey.close();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}

function mendOf(code: string): string {
  if (code === 'EADDRINUSE') return 'Another process listens there: stop it, or choose another port.';
  if (code === 'EACCES') return 'Ports below 1024 need rights that this user lacks: choose another port.';
  return 'Use an address of this machine, such as 127.0.0.1.';
}
