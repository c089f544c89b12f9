import { afterEach, describe, expect, it } from 'vitest';
import type { AppOptions } from '../../src/http/create-app.js';
import { createConformanceCheck, type Document } from './conformance.js';
import { ADMIN, openService, type Service } from './service.js';

const METRICS = ['/metrics'];
const DOCS = ['/docs', '/docs/start.js', '/docs/viewer.js', '/docs/viewer.css'];
const OPENAPI = ['/openapi.json'];
const ALL = [...METRICS, ...DOCS, ...OPENAPI];

const opened: Service[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map(async (service) => service.close()))));

async function open(options: Partial<AppOptions>): Promise<Service> {
  const service = await openService(options);
  opened.push(service);
  return service;
}

const get = async (app: Pick<Service['app'], 'fetch'>, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  app.fetch(new Request(`http://service${path}`, { method, headers }));

const statuses = async ({ app }: Service, paths: readonly string[], headers: Record<string, string> = {}) =>
  Promise.all(paths.map(async (path) => (await get(app, path, headers)).status));

describe('access to /metrics, /docs and /openapi.json', () => {
  it('everybody may read them by default', async () => {
    expect(new Set(await statuses(await open({}), ALL))).toEqual(new Set([200]));
  });

  it.each([
    ['metrics', METRICS, [...DOCS, ...OPENAPI]],
    ['docs', DOCS, [...METRICS, ...OPENAPI]],
    ['openapi', [...OPENAPI, ...DOCS], METRICS],
  ] as const)('%s, off: the service answers like for a route that does not exist, and reads the others', async (name, closed, others) => {
    const service = await open({ access: { [name]: 'off' } });
    const withoutIds = async (response: Response) => (await response.text()).replaceAll(/[0-9a-f-]{36}/g, '');
    for (const headers of [{}, ADMIN, { accept: 'text/html' }]) {
      for (const path of closed) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const [response, absent] = [await get(service.app, path, headers, method), await get(service.app, '/v1/absent', headers, method)];
          const where = `${method} ${path}`;
          expect([response.status, [...response.headers.keys()]], where).toEqual([404, [...absent.headers.keys()]]);
          expect(await withoutIds(response), where).toBe(await withoutIds(absent));
        }
      }
    }
    expect(new Set(await statuses(service, others))).toEqual(new Set([200]));
  });

  it('off: the OpenAPI document does not describe the route', async () => {
    const paths = async (access: AppOptions['access']) => {
      const response = await get((await open({ access })).app, '/openapi.json');
      return Object.keys(((await response.json()) as Document).paths);
    };
    expect(await paths({})).toContain('/metrics');
    expect(await paths({ metrics: 'off' })).not.toContain('/metrics');
  });

  it('operator: they are answered to the admin key, an operator token with settings:read and a session, and to nobody else', async () => {
    const service = await open({ access: { metrics: 'operator', docs: 'operator', openapi: 'operator' } });
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const signedIn = await service.app.fetch(
      new Request('http://service/v1/session', {
        method: 'POST',
        headers: { ...ADMIN, 'content-type': 'application/json' },
        body: JSON.stringify({ adminKey: ADMIN['x-admin-key'] }),
      }),
    );
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    for (const headers of [ADMIN, bearer(await service.operator('settings:read')), { cookie, 'sec-fetch-site': 'same-origin' }])
      expect(new Set(await statuses(service, ALL, headers)), JSON.stringify(headers)).toEqual(new Set([200]));
    const { token } = await service.issue({ scopes: ['settings:read'] });
    for (const [headers, status] of [
      [{}, 401],
      [bearer('nonsense'), 401],
      [bearer(token), 403],
      [bearer(await service.operator('keys:read')), 403],
      [{ 'x-admin-key': 'wrong' }, 403],
      [{ cookie, 'sec-fetch-site': 'cross-site' }, 403],
    ] as const)
      expect(new Set(await statuses(service, ALL, headers)), JSON.stringify(headers)).toEqual(new Set([status]));
    expect((await get(service.app, '/metrics', {}, 'HEAD')).status).toBe(401);
    const bounded = await service.issue({ environment: 'operator', scopes: ['settings:read'], bounds: { owners: ['ada'] } });
    expect((await get(service.app, '/metrics', bearer(bounded.token))).status).toBe(403);
    expect((await get(service.app, '/openapi.json', bearer(bounded.token))).status).toBe(200);
  });

  it('operator: no cache keeps what only operators may read', async () => {
    const { app } = await open({ access: { metrics: 'operator', docs: 'operator', openapi: 'operator' } });
    for (const path of ALL) expect((await get(app, path, ADMIN)).headers.get('cache-control'), path).toBe('no-store');
  });

  it('operator: the OpenAPI document declares the credentials, the scope and the refusals', async () => {
    const service = await open({ access: { metrics: 'operator' } });
    const document = (await (await get(service.app, '/openapi.json')).json()) as Document;
    const operation = document.paths['/metrics']?.['get'];
    expect(operation?.security).toEqual([{ adminKey: [] }, { operatorToken: [] }, { operatorSession: [] }]);
    expect(operation?.description).toContain('`settings:read`');
    const check = createConformanceCheck(document);
    for (const headers of [ADMIN, {}, { 'x-admin-key': 'wrong' }]) {
      const response = await get(service.app, '/metrics', headers);
      const mediaType = response.headers.get('content-type')?.split(';')[0] ?? '';
      check({
        method: 'GET',
        path: '/metrics',
        status: response.status,
        mediaType,
        headers: response.headers,
        text: await response.text(),
      });
    }
  });

  it('openapi: the page at /docs, which shows the document, is never more open than the document', async () => {
    expect(new Set(await statuses(await open({ access: { openapi: 'operator' } }), DOCS))).toEqual(new Set([401]));
    const kept = await open({ access: { openapi: 'operator', docs: 'off' } });
    expect(new Set(await statuses(kept, DOCS, ADMIN))).toEqual(new Set([404]));
  });

  it('the health routes stay open, whatever is closed', async () => {
    const service = await open({ access: { metrics: 'off', docs: 'off', openapi: 'off' }, metricsApart: true });
    expect(await statuses(service, ['/healthz', '/readyz'])).toEqual([200, 200]);
  });
});

describe('metrics of their own app', () => {
  it('answer there and nowhere else, and nothing else answers there', async () => {
    const service = await open({ metricsApart: true });
    const metrics = service.app.metrics ?? service.app;
    expect(await statuses(service, METRICS, ADMIN)).toEqual([404]);
    const document = (await (await get(service.app, '/openapi.json')).json()) as Document;
    expect(Object.keys(document.paths)).not.toContain('/metrics');
    const response = await get(metrics, '/metrics');
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('process_resident_memory_bytes')]);
    for (const path of ['/', '/healthz', '/v1/keys', '/v1/forward-auth', '/docs', '/openapi.json', '/portal'])
      expect((await get(metrics, path, { ...ADMIN, accept: 'text/html' })).status, path).toBe(404);
    expect((await get(metrics, '/metrics', {}, 'POST')).status).toBe(405);
  });

  it('ask for the credential of an operator where that is demanded', async () => {
    const { app } = await open({ metricsApart: true, access: { metrics: 'operator' } });
    expect((await get(app.metrics ?? app, '/metrics')).status).toBe(401);
    expect((await get(app.metrics ?? app, '/metrics', ADMIN)).status).toBe(200);
  });

  it('count what the app itself answers', async () => {
    const { app } = await open({ metricsApart: true });
    await get(app, '/healthz');
    expect(await (await get(app.metrics ?? app, '/metrics')).text()).toContain('{method="GET",route="/healthz",status="200"} 1');
  });

  it('there is no such app by default', async () => {
    expect((await open({})).app.metrics).toBeNull();
  });
});
