import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { csvRow } from '../../src/http/routes/management/csv.js';
import { openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService({
    about: {
      version: '1.2.3',
      node: 'v20',
      database: { kind: 'sqlite' },
      limiter: { kind: 'memory' },
      settings: [{ name: 'ADMIN_API_KEY', value: null, isDefault: false, secret: true, set: true, description: 'A key' }],
    },
  });
});
afterAll(async () => service.close());

const as = async (scopes: string[], method: string, path: string, body?: unknown) =>
  service.call(method, path, { headers: { authorization: `Bearer ${await service.operator(...scopes)}` }, body });

describe('a key', () => {
  it('shows its limits, and explains its verdict, to whoever may read it', async () => {
    const { id, token } = await service.issue({ limits: [{ name: 'daily', limit: 5, window: '1d' }], scopes: ['a:read'] });
    await service.latchkey.verify(token);
    expect((await as(['keys:read'], 'GET', `/v1/keys/${id}/limits`)).json).toMatchObject({
      limits: [{ name: 'daily', remaining: 4, of: 'key' }],
      credits: null,
    });
    const explained = await as(['keys:read'], 'POST', `/v1/keys/${id}/explain`, { scopes: ['b:read'] });
    expect(explained.json).toMatchObject({ valid: false, code: 'insufficient_scope', missingScopes: ['b:read'] });
    expect(explained.json?.['steps'].at(-1)).toMatchObject({ step: 'scopes', passed: false });
    expect((await service.call('POST', `/v1/keys/${id}/explain`)).status).toBe(401);
    for (const ip of ['not an ip', '', '203.0.113', '1'.repeat(60)]) {
      const { status, json } = await as(['keys:read'], 'POST', `/v1/keys/${id}/explain`, { ip });
      expect([status, json?.['errors'][0].pointer], ip).toEqual([400, '/ip']);
    }
    expect((await as(['keys:verify'], 'POST', `/v1/keys/${id}/explain`)).status).toBe(403);
    expect((await as(['keys:read'], 'POST', '/v1/keys/key_none/explain')).status).toBe(404);
  });

  it('loses an old secret before its time, but not its current one', async () => {
    const { id, token } = await service.issue();
    const { json } = await service.admin('POST', `/v1/keys/${id}/rotate`, { grace: '1h' });
    const [current, old] = json?.['key'].secrets.map((secret: { id: string }) => secret.id);
    expect((await service.admin('POST', `/v1/keys/${id}/secrets/${current}/retire`)).json).toMatchObject({
      status: 409,
      code: 'current_secret',
    });
    expect((await as(['keys:read'], 'POST', `/v1/keys/${id}/secrets/${old}/retire`)).status).toBe(403);
    expect((await service.latchkey.verify(token)).valid).toBe(true);
    const retired = await as(['keys:write'], 'POST', `/v1/keys/${id}/secrets/${old}/retire`);
    expect([retired.status, retired.json?.['propagation']]).toEqual([200, { applied: 1, lapsed: 0, pending: [] }]);
    expect((await service.latchkey.verify(token)).code).toBe('revoked');
    expect((await service.admin('POST', `/v1/keys/${id}/secrets/sec_none/retire`)).json?.['detail']).toBe('Secret not found.');
  });

  it('is revoked among others in one call, and not by who may only read', async () => {
    const [one, other] = [await service.issue(), await service.issue()];
    const body = { ids: [one.id, 'key_none', other.id], reason: 'unused' };
    expect((await as(['keys:read'], 'POST', '/v1/keys/revoke-batch', body)).status).toBe(403);
    expect((await as(['keys:write'], 'POST', '/v1/keys/revoke-batch', body)).json?.['results']).toEqual([
      { id: one.id, revoked: true },
      { id: 'key_none', revoked: false, code: 'not_found' },
      { id: other.id, revoked: true },
    ]);
    for (const { token } of [one, other]) expect((await service.latchkey.verify(token)).code).toBe('revoked');
  });

  it('is found among those that need attention', async () => {
    const { id } = await service.issue({ owner: 'attention', expiresIn: '20d' });
    const list = async (query: string) => (await service.admin('GET', `/v1/keys?owner=attention&${query}`)).json;
    expect(await list('expiresWithin=30d')).toMatchObject({ data: [{ id }], total: 1 });
    expect((await list('expiresWithin=10d'))?.['data']).toEqual([]);
    expect((await list('neverUsed=true'))?.['data']).toHaveLength(1);
    expect((await list('unusedFor=90d'))?.['data']).toEqual([]);
    expect((await list('neverUsed=yes'))?.['errors'][0].pointer).toBe('/neverUsed');
    expect((await list('unusedFor=1h'))?.['errors'][0].pointer).toBe('/unusedFor');
  });
});

describe('what tells of more than its scope', () => {
  it('needs the scope of that as well', async () => {
    await service.latchkey.tiers.put('free', { limits: [] });
    for (const [scope, method, path, body] of [
      ['tiers:read', 'POST', '/v1/tiers/free/preview', { limits: [] }],
      ['usage:read', 'GET', '/v1/usage/busiest', undefined],
    ] as const) {
      expect((await as([scope], method, path, body)).json).toMatchObject({ code: 'forbidden', missingScopes: ['keys:read'] });
      expect((await as(['keys:read', scope], method, path, body)).status).toBe(200);
    }
  });

  it('leaves out what may not be read: the overview has no usage, and no nodes, for who may not see them', async () => {
    expect((await as(['keys:read'], 'GET', '/v1/overview')).json).toMatchObject({ verifications24h: null, cluster: null });
    expect((await as(['keys:read', 'cluster:read'], 'GET', '/v1/overview')).json?.['cluster']).toMatchObject({ mode: 'alone' });
    expect((await as(['keys:*', 'usage:read'], 'GET', '/v1/overview')).json?.['verifications24h']).toMatchObject({
      total: expect.any(Number),
    });
  });
});

describe('the settings', () => {
  it('are told to who may read them', async () => {
    expect((await as(['keys:read'], 'GET', '/v1/settings')).status).toBe(403);
    const { json } = await as(['settings:read'], 'GET', '/v1/settings');
    expect(json).toMatchObject({ version: '1.2.3', prefix: 'acme', environments: ['live', 'test'], scopes: null, configuredTiers: [] });
    expect(json?.['operatorScopes']).toContain('settings:read');
    expect(json?.['settings']).toEqual([
      { name: 'ADMIN_API_KEY', value: null, isDefault: false, secret: true, set: true, description: 'A key' },
    ]);
  });
});

describe('an export of the log', () => {
  it('has every entry a line, as it is checked by the command', async () => {
    const log = await service.admin('GET', '/v1/events?order=oldest&limit=100');
    const { text, headers } = await service.admin('GET', '/v1/events/export?format=jsonl');
    expect([headers.get('content-type'), headers.get('content-disposition'), headers.get('cache-control')]).toEqual([
      'application/jsonl',
      'attachment; filename="latchkey-events.jsonl"',
      'no-store',
    ]);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines.slice(0, 100)).toEqual(log.json?.['data'].slice(0, lines.length));
  });

  it('is made while it is read: hundreds of entries come in pieces', async () => {
    for (let i = 0; i < 12; i++) {
      const ids = await Promise.all(Array.from({ length: 20 }, async () => (await service.issue({ owner: 'many' })).id));
      await service.latchkey.keys.revokeMany({ ids });
    }
    const response = await service.app.fetch(
      new Request('http://service/v1/events/export?format=jsonl&owner=many', {
        headers: { 'x-admin-key': 'an-admin-key-for-tests-0123456789' },
      }),
    );
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(3);
    expect(Buffer.concat(pieces).toString().trimEnd().split('\n')).toHaveLength(480);
  });

  it('can be given up half way', async () => {
    const response = await service.app.fetch(
      new Request('http://service/v1/events/export?format=csv', { headers: { 'x-admin-key': 'an-admin-key-for-tests-0123456789' } }),
    );
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
    expect((await service.admin('GET', '/v1/events?limit=1')).status).toBe(200);
  });

  it('holds what the filters admit, and says what is wrong with one before it begins', async () => {
    const { id } = await service.issue({ owner: 'exported' });
    await service.latchkey.keys.revoke(id);
    const { text } = await service.admin('GET', `/v1/events/export?format=csv&owner=exported&action=key.revoked`);
    const [head = '', row = ''] = text.split('\r\n');
    expect(head).toBe(
      'seq,at,action,actorType,actorId,targetType,targetId,owner,reason,address,requestId,sessionId,sessionLink,before,after,previousHash,hash',
    );
    expect(row).toContain(`,key.revoked,library,library,key,${id},exported,`);
    for (const query of ['', 'format=xml', 'format=csv&from=soon', 'format=csv&limit=3']) {
      expect((await service.admin('GET', `/v1/events/export?${query}`)).status, query).toBe(400);
    }
    expect((await as(['keys:read'], 'GET', '/v1/events/export?format=csv')).status).toBe(403);
  });

  it('makes no formula of a name that somebody chose', async () => {
    for (const name of ['=cmd|calc', '+1', '-1+2', '@SUM(A1)', '＝1', 'a;=1', 'a; ＋1'])
      await service.issue({ owner: `o${name.replaceAll(' ', '')}`, name });
    await service.latchkey.keys.create({ name: '=1+1', owner: '=HYPERLINK("http://x")' });
    const { text } = await service.admin('GET', '/v1/events/export?format=csv');
    expect(text).toContain(`,"'=HYPERLINK(""http://x"")",`);
    for (const cell of parseCsv(text).flat()) expect(cell).not.toMatch(A_FORMULA);
  });
});

describe('a row of CSV', () => {
  it('reads back as what was written, but for the apostrophe before a formula, also where ";" and tabs begin a cell', () => {
    const unit = fc.constantFrom(
      '"',
      ',',
      ';',
      ' ',
      '\r',
      '\n',
      '=',
      '+',
      '-',
      '@',
      '＝',
      '－',
      '﹦',
      '﹢',
      '−',
      '\t',
      '\0',
      'a',
      'é',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit }), fc.integer(), fc.constant(null)), { minLength: 1 }), (cells) => {
        const [row, ...more] = parseCsv(csvRow(cells));
        expect(more).toEqual([]);
        expect(row?.map((cell) => cell.replaceAll("'", ''))).toEqual(cells.map((cell) => String(cell ?? '')));
        expect(row?.filter((cell, at) => typeof cells[at] === 'string' && A_FORMULA.test(cell))).toEqual([]);
      }),
    );
  });
});

/** A formula at the start of a cell, for a spreadsheet that splits cells at ";" or tabs, whatever stands in quotes. */
const A_FORMULA = /^[\t\r\0]|(?:^|[;\t\r\n])[ "\0]*[=+\-@＝＋－＠﹦﹢﹣﹫−]/;

/** RFC 4180, written from its grammar and not from what is tested. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let cells: string[] = [];
  for (let at = 0; at < text.length;) {
    const quoted = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(text.slice(at)) ?? /^([^",\r\n]*)(,|\r\n)/.exec(text.slice(at));
    if (quoted === null) throw new Error(`No cell at ${at}.`);
    cells.push((quoted[1] ?? '').replaceAll('""', '"'));
    at += quoted[0].length;
    if (quoted[2] === ',') continue;
    rows.push(cells);
    cells = [];
  }
  return rows;
}
