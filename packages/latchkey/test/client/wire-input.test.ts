/** The client refuses values that JSON or a query would change, so that no condition is lost on the way. */
import { createClient, InvalidInputError } from 'latchkey/client';
import { createLatchkey } from 'latchkey';
import { describe, expect, it } from 'vitest';

const sent: string[] = [];
const client = createClient({
  url: 'http://service',
  credentials: 'omit',
  async fetch(url, init) {
    sent.push(`${String(url)} ${typeof init?.body === 'string' ? init.body : ''}`);
    return new Response('{"data":[],"nextCursor":null}');
  },
});
const { keys, owners, events, usage } = client;
const any = (value: unknown) => value as never;
const NO_DATE = new Date(NaN);

async function issuesOf(call: () => unknown): Promise<unknown> {
  const error: unknown = await Promise.resolve()
    .then(call)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).issues.map(({ pointer }) => pointer);
}

describe('the client', () => {
  it.each([
    ['an invalid date', () => keys.create({ name: 'k', owner: 'o', expiresAt: NO_DATE }), '/expiresAt'],
    ['an invalid date of many keys', () => keys.extendWhere({ where: { owner: 'o' }, expect: 1, expiresAt: NO_DATE }), '/expiresAt'],
    ['NaN', () => owners.update('o', { maxKeys: NaN }), '/maxKeys'],
    ['Infinity', () => owners.update('o', { maxKeys: Infinity }), '/maxKeys'],
    ['a Map', () => keys.create({ name: 'k', owner: 'o', metadata: any(new Map()) }), '/metadata'],
    ['NaN in a list', () => keys.create({ name: 'k', owner: 'o', scopes: any([NaN]) }), '/scopes/0'],
    ['NaN as an address', () => client.verify('t', { ip: any(NaN) }), '/ip'],
    ['null as a filter', () => keys.list({ owner: any(null) }), '/owner'],
    ['an empty object as a filter', () => keys.list({ metadata: {} }), '/metadata'],
    ['a Set as a filter', () => keys.list({ tags: any(new Set(['a'])) }), '/tags'],
    ['NaN in an object', () => keys.list({ metadata: { a: NaN } }), '/metadata/a'],
    ['null as a filter of the audit log', () => events.list({ key: any(null) }), '/key'],
    ['an invalid date in a query', () => usage.read({ from: NO_DATE }), '/from'],
  ])('refuses %s, and asks nothing', async (_, call, pointer) => {
    sent.length = 0;
    expect(await issuesOf(call)).toEqual([pointer]);
    expect(sent).toEqual([]);
  });

  it('puts no token into a URL: not as an id, a name or a value', async () => {
    const latchkey = await createLatchkey({ database: ':memory:' });
    const { token } = await latchkey.keys.create({ name: 'k', owner: 'o' });
    await latchkey.close();
    const text = token.reveal();
    for (const call of [
      () => keys.get(text),
      () => owners.get(text),
      () => keys.list(any({ [text]: 'x' })),
      () => keys.list({ metadata: { [text]: 'x' } }),
      () => keys.list({ metadata: { a: text } }),
    ])
      await issuesOf(call);
    expect(sent.join()).not.toContain(text);
  });

  it('carries dates, lists, fields of objects, and the cursor of a last page', async () => {
    sent.length = 0;
    await keys.list({ tags: ['a', 'b'], metadata: { team: 'payments', size: '5' }, cursor: null });
    await usage.read({ from: new Date(0) });
    await keys.update('key_1', { expiresAt: new Date(0), notBefore: null });
    expect(sent).toEqual([
      'http://service/v1/keys?tags=a%2Cb&metadata.team=payments&metadata.size=5 ',
      'http://service/v1/usage?from=1970-01-01T00%3A00%3A00.000Z ',
      'http://service/v1/keys/key_1 {"expiresAt":"1970-01-01T00:00:00.000Z","notBefore":null}',
    ]);
  });

  it('refuses a misspelt option of verify, verifyBatch and ready', async () => {
    const calls: readonly (() => Promise<unknown>)[] = [
      async () => client.verify('t', {}, any({ sinal: 1 })),
      async () => client.verifyBatch([{ token: 't' }], any({ sinal: 1 })),
      async () => client.ready(any({ sinal: 1 })),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('This call takes no option "sinal"; use signal.');
  });
});
