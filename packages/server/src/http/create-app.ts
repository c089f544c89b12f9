/**
 * The HTTP API: a fetch handler over an engine, for the service or to be mounted in a host application.
 *
 * http/ owns how the service is asked; what a key may do, the engine alone says. Its rooms stand on each other in this
 * order: exchange; authentication and pages; endpoints; routes; serving. This file puts them together.
 */
import { Hono } from 'hono';
import { ConfigurationError, type Clock, type Latchkey, type SelfServicePolicy } from 'latchkey';
import { optionProblems, systemClock } from 'latchkey/internal';
import type { JwtVerifier } from 'latchkey/jwt';
import { silentLog, type RequestLog } from '../telemetry/logger.js';
import { createMetrics, type Metrics } from '../telemetry/metrics.js';
import { createAdminKeyAttempts } from './authentication/admin-key-attempts.js';
import { createAdminKey } from './authentication/admin-key.js';
import { createOidcIssuer } from './authentication/oidc/oidc-issuer.js';
import type { OidcOptions } from './authentication/oidc/oidc-options.js';
import type { PublicUrl } from './authentication/services.js';
import { stricterAccess, withAccess, type AccessRules } from './endpoints/access.js';
import { describeApi } from './endpoints/describe-api.js';
import type { Endpoint } from './endpoints/endpoint.js';
import type { AboutService, Services } from './endpoints/services.js';
import { createAnswerer } from './exchange/answer-exchange.js';
import { createClientAddresses } from './exchange/client-address.js';
import { createExchangeOpener } from './exchange/open-exchange.js';
import { createPages, NO_PAGES } from './pages/answer-page.js';
import { readPageFiles } from './pages/page-files.js';
import type { PortalSettings } from './pages/page-policy.js';
import { apiEndpoints } from './routes/api-endpoints.js';
import { createDocsEndpoints } from './routes/service/docs.js';
import { metricsEndpoints } from './routes/service/operations.js';
import { askAtRoot } from './routes/verification/forward-auth.js';
import { createFastLane } from './serving/fast-lane.js';
import type { ServedApp } from './serving/listen.js';
import { createResponder, type PeerAddress, type Responder } from './serving/respond.js';

export interface AppOptions {
  /** What `X-Admin-Key` must be. Null: nobody gets in by it, and who tries is told that none is configured. */
  readonly adminKey: string | null;
  /** Addresses and CIDR blocks of proxies whose `X-Forwarded-For` is believed; by default none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Whether forward-auth takes a key from `?api_key=` of the original request; by default it is refused with a hint. */
  readonly allowQueryKey?: boolean | undefined;
  /**
   * What owners may choose at `/v1/me`, and by which JWTs they sign in beside portal sessions (null or absent: by none); by
   * default nobody does.
   */
  readonly selfService?: { readonly jwt?: JwtVerifier | null | undefined; readonly policy: SelfServicePolicy } | undefined;
  /** The most bytes that a body may have; by default 64 KiB. */
  readonly bodyLimit?: number | undefined;
  /** By default nothing is logged. */
  readonly log?: RequestLog | undefined;
  /** By default figures of this engine, in a registry of their own. */
  readonly metrics?: Metrics | undefined;
  /** Who may read `/metrics`, `/docs` and `/openapi.json`; by default everybody. */
  readonly access?: Partial<AccessRules> | undefined;
  /** True if only a separate app answers `/metrics`: `metrics` of the app. By default the app itself answers it. */
  readonly metricsApart?: boolean | undefined;
  /** Where users reach the service, such as `https://keys.example.com`; by default as each request has it. */
  readonly publicUrl?: string | null | undefined;
  /** An OpenID Connect issuer through which operators may sign in, too; by default none. */
  readonly oidc?: OidcOptions | null | undefined;
  /** The folder of the built pages for people, with its `index.html`; by default there are none. */
  readonly pagesFolder?: string | null | undefined;
  /** How the dashboard and the portal present themselves, and which origins may frame the portal; by default plainly, and none. */
  readonly portal?: PortalSettings | undefined;
  /** What `GET /v1/settings` tells of the parts and the settings that the engine does not know; by default nothing. */
  readonly about?: AboutService | undefined;
  /** The address at the other end, where the host is not node (or has its own idea of it). */
  readonly peerAddress?: PeerAddress | undefined;
  /** For tests: the system's clock by default. */
  readonly clock?: Pick<Clock, 'now' | 'monotonicMs'> | undefined;
}

const OPTIONS: Readonly<Record<keyof AppOptions, true>> = {
  adminKey: true,
  trustedProxies: true,
  allowQueryKey: true,
  selfService: true,
  bodyLimit: true,
  log: true,
  metrics: true,
  access: true,
  metricsApart: true,
  publicUrl: true,
  oidc: true,
  pagesFolder: true,
  portal: true,
  about: true,
  peerAddress: true,
  clock: true,
};

const PORTAL_OPTIONS: Readonly<Record<keyof PortalSettings, true>> = { branding: true, frameAncestors: true };

const OIDC_OPTIONS: Readonly<Record<keyof OidcOptions, true>> = {
  issuer: true,
  clientId: true,
  clientSecret: true,
  redirectUri: true,
  label: true,
  scopes: true,
  allowedEmails: true,
  allowedGroups: true,
  groupsClaim: true,
  operatorScopes: true,
};

export interface App extends ServedApp {
  /** Answers `/metrics` and nothing else, for a port of its own. Null where this app answers it, or metrics are off. */
  readonly metrics: ServedApp | null;
}

/** Throws a ConfigurationError for an option that does not exist, trusted proxies that are none, and a policy of self-service that cannot be. */
export function createApp(latchkey: Latchkey, options: AppOptions): App {
  const problems = optionProblems(options, OPTIONS);
  const { adminKey, trustedProxies, portal, oidc } = options as { readonly [Name in keyof AppOptions]: unknown };
  if (adminKey !== null && typeof adminKey !== 'string') problems.push('adminKey: use a text, or null for none.');
  if (trustedProxies !== undefined && !Array.isArray(trustedProxies))
    problems.push('trustedProxies: use a list of addresses and CIDR blocks.');
  if (portal != null) problems.push(...optionProblems(portal, PORTAL_OPTIONS, 'portal.'));
  if (oidc != null) problems.push(...optionProblems(oidc, OIDC_OPTIONS, 'oidc.'));
  if (problems.length > 0) throw new ConfigurationError(problems);
  let draining = false;
  const { selfService, clock = systemClock } = options;
  const services: Services = {
    latchkey,
    adminKey: options.adminKey === null ? null : createAdminKey(options.adminKey),
    attempts: createAdminKeyAttempts(),
    addresses: createClientAddresses(options.trustedProxies ?? []),
    clock,
    selfService: selfService === undefined ? null : { keys: latchkey.selfService(selfService.policy), jwt: selfService.jwt ?? null },
    allowQueryKey: options.allowQueryKey ?? false,
    bodyLimit: options.bodyLimit ?? 65_536,
    log: options.log ?? silentLog,
    metrics: options.metrics ?? createMetrics(latchkey),
    about: options.about ?? ABOUT_MOUNTED,
    publicUrl: options.publicUrl == null ? null : readPublicUrl(options.publicUrl),
    portal: options.portal ?? { branding: null, frameAncestors: [] },
    oidc: options.oidc == null ? null : { issuer: createOidcIssuer(options.oidc, () => clock.monotonicMs()), options: options.oidc },
    isDraining: () => draining,
  };
  const access: AccessRules = { metrics: 'open', docs: 'open', openapi: 'open', ...options.access };
  const metrics = withAccess(metricsEndpoints, access.metrics, { ofAllKeys: true });
  const hono = new Hono();
  const described = [...apiEndpoints, ...(options.metricsApart === true ? [] : metrics)];
  const { openapi, docs } = createDocsEndpoints(() => describeApi(described));
  const files = options.pagesFolder == null ? null : readPageFiles(options.pagesFolder);
  const pages = createPages({ files, portal: services.portal });
  const parts = { services, open: createExchangeOpener(services), answer: createAnswerer(services) };
  const undescribed = [askAtRoot, ...withAccess(openapi, access.openapi), ...withAccess(docs, stricterAccess(access.docs, access.openapi))];
  const { peerAddress } = options;
  mount(hono, [...described, ...undescribed], createResponder({ ...parts, pages, peerAddress }));
  return {
    metrics:
      options.metricsApart === true && metrics.length > 0
        ? createMetricsApp(metrics, createResponder({ ...parts, pages: NO_PAGES, peerAddress }))
        : null,
    fetch: async (request, env) => hono.fetch(request, env as object | undefined),
    // A host with an idea of its own of who asks is asked each time.
    fastLane: peerAddress === undefined ? createFastLane(parts) : () => false,
    drain() {
      draining = true;
    },
  };
}

function createMetricsApp(endpoints: readonly Endpoint[], respond: Responder): ServedApp {
  const hono = new Hono();
  mount(hono, endpoints, respond);
  return { fetch: async (request, env) => hono.fetch(request, env as object | undefined), fastLane: () => false, drain: () => undefined };
}

function readPublicUrl(text: string): PublicUrl {
  return { url: text.replace(/(?<!\/)\/+$/, ''), origin: new URL(text).origin };
}

/** For an app that a host mounts, and sets up by itself. */
const ABOUT_MOUNTED: AboutService = {
  version: 'mounted',
  node: process.version,
  database: { kind: 'unknown' },
  limiter: { kind: 'unknown' },
  settings: [],
};

/**
 * Path by path, the literal ones before those with parameters, each with what is said of its other methods: so
 * `GET /v1/keys/verify` is a wrong method, not the key of that name.
 */
function mount(hono: Hono, endpoints: readonly Endpoint[], respond: Responder): void {
  const paths = [...new Set(endpoints.map(({ operation }) => operation.path))].toSorted((a, b) => parameterCount(a) - parameterCount(b));
  for (const path of paths) {
    const group = endpoints.filter(({ operation }) => operation.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const one of group) {
      const { method, routingPath } = one.operation;
      const routed = routingPath ?? pattern;
      if (method === 'all') hono.all(routed, async (c) => respond.run(one, c));
      else hono.on(method.toUpperCase(), routed, async (c) => respond.run(one, c));
    }
    const allowed = group.map(({ operation }) => operation.method);
    if (!allowed.includes('all')) hono.all(pattern, async (c) => respond.otherMethod(path, allowed, c));
  }
  hono.notFound(async (c) => respond.otherPath(c));
}

function parameterCount(path: string): number {
  return path.split('{').length;
}
