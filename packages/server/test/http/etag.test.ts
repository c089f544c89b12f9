import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityTag, isKnownTag } from '../../src/http/exchange/entity-tag.js';
import { serveApp } from '../../src/http/serving/listen.js';
import type { JsonSchema } from './conformance.js';
import { ADMIN, openService, type Service } from './service.js';

let service: Service;
let lists: readonly string[];
beforeAll(async () => {
  service = await openService();
  for (let index = 0; index < 20; index++) await service.issue({ name: `key ${index}` });
  await service.latchkey.tiers.put('free', { limits: [{ name: 'day', limit: 10, window: '1d' }] });
  lists = Object.entries(service.document.paths).flatMap(([path, { get }]) => (isList(get?.responses['200']?.content) ? [path] : []));
});
afterAll(async () => service.close());

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>> | undefined;

function isList(content: Content): boolean {
  const { $ref } = content?.['application/json']?.schema ?? {};
  const schema = typeof $ref === 'string' ? service.document.components.schemas[$ref.split('/').at(-1) ?? ''] : undefined;
  const { data } = (schema?.['properties'] ?? {}) as Record<string, JsonSchema>;
  return data?.['type'] === 'array';
}

const QUERIES: Readonly<Record<string, string>> = { '/v1/usage/by-key': '?keys=key_OW7tvX8cGxuv2rNk' };

async function credentialOf(path: string): Promise<Record<string, string>> {
  return path.startsWith('/v1/me') ? { authorization: `Bearer ${await service.jwt('team-7')}` } : ADMIN;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  return service.call(method, `${path}${QUERIES[path] ?? ''}`, { headers: { ...(await credentialOf(path)), ...headers } });
}

describe('ETag of a list', () => {
  it('every list has one, and its answer to If-None-Match is 304 without a body', async () => {
    expect(lists).toEqual(expect.arrayContaining(['/v1/keys', '/v1/owners', '/v1/tiers', '/v1/events', '/v1/me/keys']));
    for (const path of lists) {
      const first = await get(path);
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, etag], path).toEqual([200, expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
      const again = await get(path, { 'if-none-match': etag });
      expect([again.status, again.text, again.headers.get('etag')], path).toEqual([304, '', etag]);
      expect(again.headers.has('content-type'), path).toBe(false);
      for (const name of ['vary', 'cache-control']) expect(again.headers.get(name), path).toBe(first.headers.get(name));
    }
  });

  it('changes with the list, and not with the way in which the list is packed', async () => {
    const tagOf = async (coding: string) => {
      const { headers } = await service.app.fetch(
        new Request('http://service/v1/keys', { headers: { ...ADMIN, 'accept-encoding': coding } }),
      );
      return headers.get('etag');
    };
    const tags = [await tagOf('identity'), await tagOf('gzip'), await tagOf('br')];
    expect(new Set(tags).size).toBe(1);
    await service.issue({ name: 'one more' });
    expect((await get('/v1/keys', { 'if-none-match': tags[0] ?? '' })).status).toBe(200);
    expect(await tagOf('br')).not.toBe(tags[0]);
  });

  it('a page of a list has a tag of its own', async () => {
    const { headers } = await get('/v1/keys');
    const page = await service.call('GET', '/v1/keys?limit=1', { headers: { ...ADMIN, 'if-none-match': headers.get('etag') ?? '' } });
    expect(page.status).toBe(200);
  });

  it('the service asks for the credential first: nobody else learns whether a tag is the current one', async () => {
    const etag = (await get('/v1/keys')).headers.get('etag') ?? '';
    const { status } = await service.call('GET', '/v1/keys', { headers: { 'if-none-match': etag } });
    expect(status).toBe(401);
    expect((await get('/v1/keys/key_none', { 'if-none-match': '*' })).status).toBe(404);
  });

  it('no answer with a token has one: that of a new key says its version alone', async () => {
    const body = { name: 'k', owner: 'ada' };
    const { status, headers } = await service.call('POST', '/v1/keys', { headers: ADMIN, body });
    expect([status, headers.get('etag')]).toEqual([201, '"1"']);
  });

  it('is counted and logged as 304, also for HEAD, on a socket', async () => {
    const running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    const etag = (await get('/v1/tiers')).headers.get('etag') ?? '';
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${running.url}/v1/tiers`, { method, headers: { ...ADMIN, 'if-none-match': etag } });
      expect([response.status, response.headers.get('content-length')]).toEqual([304, null]);
    }
    const { text } = await service.call('GET', '/metrics');
    expect(text).toContain('latchkey_http_requests_total{method="HEAD",route="/v1/tiers",status="304"} 1');
    await running.close();
  });

  it('the OpenAPI document, which a cache must ask for again each time, has one, too', async () => {
    const etag = (await get('/openapi.json')).headers.get('etag') ?? '';
    expect((await get('/openapi.json', { 'if-none-match': etag })).status).toBe(304);
  });
});

describe('If-None-Match', () => {
  const etag = entityTag('a body');
  it.each([
    ['the tag', [etag]],
    ['the tag, as a weak one', [`W/${etag}`]],
    ['a list that has it', [`"other", W/"another" ,${etag}`]],
    ['several fields', ['"other"', etag]],
    ['empty members of the list', [`, ,${etag},`]],
    ['a tag with a comma before it', [`"a,b", ${etag}`]],
    ['any', [' * ']],
  ])('%s: the client has the answer', (_, fields) => {
    expect([isKnownTag(fields, etag), isKnownTag(fields, `W/${etag}`)]).toEqual([true, true]);
  });

  it.each([
    ['nothing', []],
    ['nothing said', ['']],
    ['another tag', ['"other"']],
    ['the tag without its quotes', [etag.slice(1, -1)]],
    ['a tag in which there is an asterisk', ['"a,*,b"']],
    ['an asterisk among others', ['"a", *']],
    ['the tag within another', [`"x${etag.slice(1)}`]],
    ['a quote that has no end', [`"${'a'.repeat(10_000)}`]],
  ])('%s: the client does not have it', (_, fields) => {
    expect([isKnownTag(fields, etag), isKnownTag(fields, `W/${etag}`)]).toEqual([false, false]);
  });
});
