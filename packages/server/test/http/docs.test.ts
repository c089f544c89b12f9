import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const get = async (path: string, headers = {}) => service.app.fetch(new Request(`http://service${path}`, { headers }));

describe('the page at /docs', () => {
  it('loads scripts from its own origin alone', async () => {
    const response = await get('/docs');
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(page).not.toMatch(/https?:\/\/|<script>|<style|\son\w+=/);
    for (const [, source] of page.matchAll(/<script src="([^"]+)"/g)) {
      expect((await get(`/${source}`)).headers.get('content-type'), source).toBe('text/javascript; charset=utf-8');
    }
  });

  it('serves its viewer packed or unpacked, as the browser likes', async () => {
    const packed = await get('/docs/viewer.js', { 'accept-encoding': 'gzip, br' });
    expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
    const plain = await get('/docs/viewer.js');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect((await plain.text()).length).toBeGreaterThan((await packed.arrayBuffer()).byteLength);
  });

  it('starts the viewer with all that would call another origin turned off', async () => {
    const text = await (await get('/docs/start.js')).text();
    expect(text).toContain('"withDefaultFonts":false');
    expect(text).toContain('"telemetry":false');
    expect(text).toContain('"proxyUrl":""');
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
