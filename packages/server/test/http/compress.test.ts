import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
  for (let index = 0; index < 20; index++) await service.issue({ name: `key ${index}` });
});
afterAll(async () => service.close());

const ask = async (path: string, coding: string, init: RequestInit = {}) => {
  const headers = { ...ADMIN, 'accept-encoding': coding, 'content-type': 'application/json' };
  return service.app.fetch(new Request(`http://service${path}`, { ...init, headers }));
};

describe('compression', () => {
  it('compresses an answer of more than a kilobyte with a coding that the client accepts, and changes none of it', async () => {
    const plain = await (await ask('/v1/keys', 'identity')).text();
    for (const [accepted, coding, unpack] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip', 'gzip', gunzipSync],
    ] as const) {
      const response = await ask('/v1/keys', accepted);
      expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([coding, 'accept-encoding']);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(unpack(bytes).toString()).toBe(plain);
      expect(bytes.length).toBeLessThan(plain.length / 4);
    }
    for (const accepted of ['', 'identity', 'deflate'])
      expect((await ask('/v1/keys', accepted)).headers.get('content-encoding')).toBeNull();
  });

  it('sends a short answer as it is', async () => {
    expect((await ask('/healthz', 'br')).headers.get('content-encoding')).toBeNull();
  });

  it('never compresses an answer with a token, however long', async () => {
    const body = JSON.stringify({ name: 'k', owner: 'ada', metadata: { long: 'x'.repeat(2_000) } });
    const response = await ask('/v1/keys', 'br, gzip', { method: 'POST', body });
    expect([response.status, response.headers.get('content-encoding')]).toEqual([201, null]);
    expect(((await response.json()) as { token: string }).token).toMatch(/^acme_live_/);
  });
});
