import assert from 'node:assert/strict';
import type { JsonObject } from '../domain/json.js';
import type { KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleKey, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageMetadataTests: readonly StorageTest[] = [
  ['metadata filter: a field at the top level is found by the text of its value, exactly, and no other place', findsExactly],
  ['metadata filter: names and values with quotation marks, wildcards, paths and letters of any script are themselves', findsAwkward],
  ['metadata filter: all of its fields hold, beside every other filter, page by page', narrows],
];

const ODD_TEXT = `a"b\\c%_'$.x[0] é漢😀\n\t\u2028`;

async function findsExactly(storage: Storage): Promise<void> {
  const held: readonly JsonObject[] = [
    { team: 'payments' },
    { team: 'Payments' },
    { team: 'payments ' },
    { note: '"team":"payments"', other: { team: 'payments' } },
    { team: ['payments'] },
    { team: null },
    { team: 5 },
    { team: '5' },
    { team: 5.5 },
    { team: true },
    { team: 'true' },
    { team: 1e21 },
    { team: '' },
    { team: 'null' },
    {},
  ];
  await storeKeys(
    storage,
    held.map((metadata, number) => sampleKey(number, { metadata })),
  );
  const find = finder(storage);
  for (const [text, found] of [
    ['payments', [0]],
    ['PAYMENTS', []],
    ['5', [6, 7]],
    ['5.0', []],
    ['true', [9, 10]],
    ['1e+21', [11]],
    ['', [12]],
    ['null', [13]],
    ['["payments"]', []],
  ] as const) {
    assert.deepEqual(await find({ metadata: { team: text } }), [...found].toReversed(), text);
  }
  assert.deepEqual(await find({ metadata: { note: '"team":"payments"' } }), [3]);
}

async function findsAwkward(storage: Storage): Promise<void> {
  const names = ['$.a', '[0]', '0', 'a.b', "it's", '%', '_', 'é漢😀', '$', '#-1', ' '];
  await storeKeys(storage, [
    ...names.map((name, number) => sampleKey(number, { metadata: { [name]: ODD_TEXT } })),
    sampleKey(50, { metadata: { a: ODD_TEXT, b: ['x'], x: ODD_TEXT } }),
  ]);
  const find = finder(storage);
  for (const [number, name] of names.entries()) {
    assert.deepEqual(await find({ metadata: { [name]: ODD_TEXT } }), [number], name);
    assert.deepEqual(await find({ metadata: { [name]: '%' } }), [], name);
  }
}

async function narrows(storage: Storage): Promise<void> {
  const keys = Array.from({ length: 24 }, (_, number) =>
    sampleKey(number, {
      owner: number % 2 === 0 ? 'ada' : 'bob',
      tags: number % 3 === 0 ? ['x'] : [],
      metadata: { team: number % 4 < 2 ? 'a' : 'b', seats: number % 2, live: true },
    }),
  );
  await storeKeys(storage, keys);
  const find = finder(storage);
  const metadata = { live: 'true', seats: '0', team: 'a' };
  assert.deepEqual(await find({ metadata }), [20, 16, 12, 8, 4, 0]);
  assert.deepEqual(await find({ metadata, tags: ['x'] }), [12, 0]);
  assert.deepEqual(await find({ metadata, owner: 'bob' }), []);
  assert.deepEqual(await find({ metadata, search: { text: 'ey 1' } }), [16, 12]);
  assert.deepEqual(await find({ metadata, limit: 2 }), [20, 16]);
  assert.deepEqual(await find({ metadata, limit: 2, after: { at: START + 16, id: 'key_0016' } }), [12, 8]);
  assert.equal(await storage.keys.countKeys({ now: START, metadata }), 6);
}

function finder(storage: Storage): (query: Partial<KeyQuery>) => Promise<readonly number[]> {
  return async (query) => {
    const details = await storage.keys.listKeys({ limit: 100, now: START, ...query });
    return details.map(({ key }) => Number(key.id.slice('key_'.length)));
  };
}
