import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../src/app/address-text.js';
import { keysQueryOf, readKeysSearch } from '../src/features/keys/search.js';
import { readLogSearch } from '../src/features/log/search.js';
import { readOwnersSearch } from '../src/features/owners/search.js';

const anything = fc.dictionary(
  fc.constantFrom(
    'search',
    'owner',
    'tier',
    'environment',
    'status',
    'attention',
    'cursor',
    'action',
    'key',
    'actor',
    'from',
    'until',
    'other',
  ),
  fc.anything(),
);

describe('an address', () => {
  it.each([
    ['of the keys', readKeysSearch],
    ['of the owners', readOwnersSearch],
    ['of the log', readLogSearch],
  ])('%s is read as texts alone, whatever stands in it, and reads the same when it is written again', (_, read) => {
    fc.assert(
      fc.property(anything, (search) => {
        const found = read(search);
        for (const value of Object.values(found)) expect(typeof value === 'string' && value !== '').toBe(true);
        expect(read(found as Record<string, unknown>)).toEqual(found);
      }),
    );
  });

  it('holds what was written by hand to the letter, and what an earlier version wrote', () => {
    const owner = '12345678901234567890';
    expect(readKeysSearch(parseSearch(`?owner=${owner}&search=1e3&tier=true&cursor=null`))).toEqual({
      owner,
      search: '1e3',
      tier: 'true',
      cursor: 'null',
    });
    expect(parseSearch('?search=%2242%22&owner=%22team%22')).toEqual({ search: '42', owner: '"team"' });
  });

  it('is read as what it was written from', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), fc.json().map(JSON.stringify));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('search', 'owner'), text), (search) => {
        expect(parseSearch(stringifySearch(search))).toEqual({ ...search });
      }),
    );
  });

  it.each([
    ['name', 'asc'],
    ['expires', 'asc'],
    ['created', 'desc'],
    ['used', 'desc'],
    ['requests', 'desc'],
  ] as const)('sorted by %s without a direction: the list begins as a click on the header begins it', (sort, order) => {
    expect(readKeysSearch({ sort })).toEqual({ sort, order });
  });

  it.each([
    [readKeysSearch, '?status=activ'],
    [readKeysSearch, '?owner=ada&tag=old&sort=nam'],
    [readKeysSearch, '?sort=name&order=up'],
    [readLogSearch, '?ownr=o1'],
    [readLogSearch, '?from=2026-13-45&action=key.creatd'],
    [readOwnersSearch, '?serch=ada'],
  ])('filters that do not exist are kept to be named, and asked for nowhere', (read, address) => {
    const found = read(parseSearch(address));
    expect(found.unknown).toBeDefined();
    expect(read(parseSearch(stringifySearch(found as Record<string, unknown>)))).toEqual(found);
    expect(keysQueryOf(readKeysSearch(parseSearch('?status=activ&tag=old')))).toEqual({ limit: 50 });
  });

  it('asks for nothing that the service does not know', () => {
    expect(keysQueryOf(readKeysSearch({ status: 'gone', attention: 'expiring', search: '42' }))).toEqual({
      search: '42',
      expiresWithin: '30d',
      limit: 50,
    });
  });
});
