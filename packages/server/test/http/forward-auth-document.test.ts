/** What the OpenAPI document and docs/guides/behind-a-proxy.md say of forward-auth, held against what it does. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADERS, RATE_LIMIT_HEADERS } from 'latchkey/edge';
import { operationAt, type DocumentedOperation } from './conformance.js';
import { nodeEnv, openService, type Service } from './service.js';

const guide = readFileSync(new URL('../../../../docs/guides/behind-a-proxy.md', import.meta.url), 'utf8');
/** The first cells of the table in a section. */
const rowsOf = (title: string, table = 0): readonly string[] => {
  const section = guide.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines =
    section
      .split('\n\n')
      .filter((part) => part.startsWith('|'))
      [table]?.split('\n')
      .slice(2) ?? [];
  return lines.map((line) => line.split('|')[1]?.trim() ?? '');
};
const quoted = (cells: readonly string[]): readonly string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));

let service: Service;
let operation: DocumentedOperation;
beforeAll(async () => {
  service = await openService({ trustedProxies: ['127.0.0.1'], peerAddress: () => '127.0.0.1' });
  operation = operationAt(service.document, 'GET', '/v1/forward-auth') ?? expect.unreachable();
});
afterAll(async () => service.close());

const parametersIn = (place: string): readonly string[] =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === place).map(({ name }) => name);
const headersOf = (status: number): readonly string[] => Object.keys(operation.responses[status]?.headers ?? {});

describe('the documentation of forward-auth', () => {
  it('names the query parameters that are read, and no other', async () => {
    const { token } = await service.issue({ scopes: ['a:read'], limits: [{ name: 'few', limit: 1, window: '1h' }] });
    const ask = async (query: string) =>
      (await service.call('GET', `/v1/forward-auth?${query}`, { headers: { authorization: `Bearer ${token}` } })).status;
    const effects = {
      scope: ['a:write', 403],
      anyScope: ['a:write', 403],
      environment: ['test', 403],
      cost: ['2', 429],
      mode: ['apache', 400],
      uri: ['/?api_key=1', 401],
    } as const;
    expect(parametersIn('query')).toEqual(Object.keys(effects));
    expect(quoted(rowsOf('What the proxy asks')).map((name) => name.replace(/=.*/, ''))).toEqual(Object.keys(effects));
    for (const [name, [value, status]] of Object.entries(effects)) expect([name, await ask(`${name}=${value}`)]).toEqual([name, status]);
    expect(await ask('other=1')).toBe(400);
  });

  it('names the headers that are read of a request, and no other', async () => {
    const read = new Set<string>();
    const request = new Request('http://service/v1/forward-auth', {
      headers: { authorization: `Bearer ${(await service.issue()).token}` },
    });
    const recording = new Proxy(request.headers, {
      get: (headers, member) =>
        member === 'get'
          ? (name: string) => {
              read.add(name);
              return headers.get(name);
            }
          : (Reflect.get(headers, member) as unknown),
    });
    Object.defineProperty(request, 'headers', { value: recording });
    expect((await service.app.fetch(request)).status).toBe(200);
    // The host is part of the URL.
    read.delete('host');
    expect([...parametersIn('header'), 'authorization', 'x-api-key'].toSorted()).toEqual([...read].toSorted());
    expect(
      quoted(rowsOf('What the proxy asks', 1))
        .map((name) => name.toLowerCase())
        .toSorted(),
    ).toEqual([...read].toSorted());
    expect(operation.security).toEqual([{ apiKey: [] }, { apiKeyHeader: [] }]);
    expect(operationAt(service.document, 'GET', '/v1/forward-auth/x')?.parameters?.filter((one) => one.in === 'header')).toHaveLength(
      parametersIn('header').length,
    );
  });

  it('names all identity headers, with their encoding and what stands for none', () => {
    expect(quoted(rowsOf('The headers that the API receives'))).toEqual([...IDENTITY_HEADERS]);
    expect(headersOf(200)).toEqual(expect.arrayContaining([...IDENTITY_HEADERS]));
    const { headers } = service.document.components;
    for (const name of IDENTITY_HEADERS) expect([name, headers[name]?.required]).toEqual([name, true]);
    for (const name of ['X-Latchkey-Key-Name', 'X-Latchkey-Owner', 'X-Latchkey-Tier', 'X-Latchkey-Scopes']) {
      expect(headers[name]?.description, name).toContain('percent-encoded UTF-8');
    }
    for (const name of ['X-Latchkey-Tier', 'X-Latchkey-Scopes']) expect(headers[name]?.description, name).toContain('`-`: none');
  });

  // The service of the tests holds the headers of every answer against the document.
  it('names the headers of every answer, of mode=nginx too', async () => {
    const { token } = await service.issue({ scopes: ['a:read'], limits: [{ name: 'one', limit: 1, window: '1h' }] });
    const seen: number[] = [];
    for (const mode of ['standard', 'nginx']) {
      const ask = async (more: string, input: Parameters<Service['call']>[2] = {}) =>
        seen.push(
          (await service.call('GET', `/v1/forward-auth?mode=${mode}${more}`, { headers: { authorization: `Bearer ${token}` }, ...input }))
            .status,
        );
      if (mode === 'standard') await ask('');
      await ask('');
      await ask('&scope=b:read');
      await ask('', { headers: {} });
      await ask('&cost=x');
      await ask('', { env: nodeEnv('127.0.0.1', Array.from({ length: 201 }, () => ['b', 'c']).flat()) });
    }
    expect(seen).toEqual([200, 429, 403, 401, 400, 431, 403, 403, 401, 400, 431]);
    expect(headersOf(429)).toEqual(expect.arrayContaining([...RATE_LIMIT_HEADERS]));
    expect(headersOf(403)).toEqual(expect.arrayContaining(['X-Latchkey-Status', ...RATE_LIMIT_HEADERS]));
    expect(headersOf(401)).toEqual(expect.arrayContaining(['WWW-Authenticate', 'X-Latchkey-Status']));
    expect(headersOf(503)).toEqual(expect.arrayContaining(['Retry-After', 'X-Latchkey-Status']));
  });
});
