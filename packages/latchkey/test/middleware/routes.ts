/** The routes that every framework mounts, each behind one or two guards. */
import type { GuardOptions } from 'latchkey/middleware';
import type { Verifier } from 'latchkey';

export type RouteOptions = GuardOptions<unknown>;

export interface Route {
  readonly path: string;
  /** The guards before the handler, outermost first. */
  readonly layers: readonly RouteOptions[];
  /**
   * `echo`: whose the request is, as JSON, and the body that was sent. `stream`: two chunks. `raw`: an answer that the
   * handler makes past the framework's own means. `throw`: an error.
   */
  readonly handler: 'echo' | 'stream' | 'raw' | 'throw';
}

export interface RunningFramework {
  readonly url: string;
  close(): Promise<void>;
}

/** A framework, really listening. */
export type Framework = (verifier: Verifier, routes: readonly Route[]) => Promise<RunningFramework>;

export const HOURLY = { name: 'hourly', limit: 2, window: '1h' } as const;

const guarded = (path: string, layer: RouteOptions): Route => ({ path, layers: [layer], handler: 'echo' });

export function routesAt(now: () => number): readonly Route[] {
  const routes: Route[] = [
    guarded('/plain', {}),
    guarded('/scoped', { scopes: ['articles:write', 'articles:read', 'users:delete'] }),
    guarded('/one-scope', { scopes: ['articles:write'] }),
    guarded('/any-scope', { anyScope: ['users:delete', 'articles:read'] }),
    guarded('/any-scope-lacking', { scopes: ['articles:read'], anyScope: ['users:delete', 'users:write'] }),
    guarded('/readable', { scopes: ['articles:read'] }),
    guarded('/test-only', { environment: 'test', realm: 'the test API' }),
    guarded('/limited', { limits: [HOURLY] }),
    guarded('/costly', { cost: () => 2, limits: [HOURLY] }),
    guarded('/query', { credentials: { allowQuery: true } }),
    guarded('/partner', { credentials: { headers: ['X-Partner-Key'], cookie: 'api_token' } }),
    guarded('/beside', { credentials: { authorization: false } }),
    guarded('/beside-scoped', { credentials: { authorization: false, headers: ['X-Partner-Key'] }, scopes: ['articles:write'] }),
    guarded('/own-shape', { problem: ({ message, code }) => ({ body: { error: message, reason: code } }) }),
    guarded('/own-text', { problem: ({ message }) => ({ body: message }) }),
    guarded('/preflight-passed', { preflight: 'pass' }),
    guarded('/preflight-answered', { preflight: 'answer' }),
    guarded('/preflight-checked', { preflight: 'check' }),
    guarded('/from-inside', { address: () => '10.1.2.3' }),
    guarded('/from-outside', { address: () => '192.0.2.1' }),
    { path: '/layers', layers: [{ limits: [HOURLY] }, { scopes: ['articles:read'], environment: 'live' }], handler: 'echo' },
    { path: '/layers-scope', layers: [{ limits: [HOURLY] }, { scopes: ['articles:write'] }], handler: 'echo' },
    { path: '/layers-any-scope', layers: [{ limits: [HOURLY] }, { anyScope: ['articles:write', 'users:delete'] }], handler: 'echo' },
    { path: '/layers-environment', layers: [{}, { environment: 'test' }], handler: 'echo' },
    { path: '/layers-charge', layers: [{}, { limits: [HOURLY] }], handler: 'echo' },
    { path: '/stream', layers: [{ limits: [HOURLY] }], handler: 'stream' },
    { path: '/raw', layers: [{ limits: [HOURLY] }], handler: 'raw' },
    { path: '/throw', layers: [{ limits: [HOURLY] }], handler: 'throw' },
  ];
  return routes.map((route) => ({ ...route, layers: route.layers.map((layer) => ({ ...layer, now })) }));
}
