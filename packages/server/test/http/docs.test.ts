import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const get = async (path: string, headers = {}) => service.app.fetch(new Request(`http://service${path}`, { headers }));

describe('page at /docs', () => {
  it('loads scripts and styles only from its own origin, and none inline', async () => {
    const response = await get('/docs');
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe/);
    expect(page).not.toMatch(/https?:\/\/|<script>|<style|\son\w+=/);
    const loaded = [...page.matchAll(/<(?:script|link)\b[^>]*\s(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(loaded).toHaveLength(3);
    for (const source of loaded) {
      const type = source.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
      expect((await get(`/${source}`)).headers.get('content-type'), source).toBe(type);
    }
  });

  it.each(['/docs/viewer.js', '/docs/viewer.css'])('%s: is served with and without gzip', async (path) => {
    const packed = await get(path, { 'accept-encoding': 'gzip, br' });
    expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
    const plain = await get(path);
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect((await plain.text()).length).toBeGreaterThan((await packed.arrayBuffer()).byteLength);
  });

  it('starts the viewer without a validator, which would send the description to another origin', async () => {
    expect(await (await get('/docs/start.js')).text()).toContain('"validatorUrl":"none"');
  });
});

describe('the OpenAPI document', () => {
  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(service.document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(service.document.components.schemas)).toContain(name);
    }
  });

  it('names every operation once', () => {
    const ids = Object.values(service.document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
