import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConflictError, InvalidInputError } from 'latchkey/client';
import { describe, expect, it } from 'vitest';
import { formFailure, isProblemOf } from '../src/api/errors/form-failure.js';
import { createKey, revokeKeysWhere } from '../src/contract/calls/keys.js';
import { choicesOf, listProps, numberProps, placeOf, textProps } from '../src/contract/field.js';
import { PLACES } from '../src/features/keys/edit/key-form-values.js';
import { refusalsIn } from '../src/features/keys/bulk/refusals.js';
import { readKeysSearch, whereOf, withTag } from '../src/features/keys/search.js';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

/** A component of the library that takes a value of a call. */
const INPUT = /<(?:TextInput|Textarea|TagsInput|NumberInput|NativeSelect|PasswordInput|ExactField|SearchField)\b[\s\S]*?\/>/g;

/** Inputs that ask for what no call takes: a confirmation, and what stands for several filters at once. */
const OUTSIDE = [/Type .* to confirm/s, /label=\{label\}/];

describe('form fields', () => {
  it('every input takes its label and its bounds from the contract', () => {
    const byHand = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tsx'))
      .flatMap((file) => [...readFileSync(join(SOURCE, file), 'utf8').matchAll(INPUT)].map(([text]) => ({ file, text })))
      .filter(({ text }) => !OUTSIDE.some((each) => each.test(text)))
      .filter(
        ({ text }) =>
          /\s(?:label|description)="|\s(?:maxLength|min|max|required)=\{?"?[\d']/.test(text) || !/Props\(|field=\{|\.label\}/.test(text),
      );
    expect(byHand).toEqual([]);
  });

  it('an input takes label, help and bounds of its field', () => {
    expect(textProps(createKey.name)).toEqual({ label: 'Name', description: createKey.name.help, required: true, maxLength: 100 });
    expect(numberProps({ label: 'Units', min: 1, max: 9 })).toMatchObject({ label: 'Units', required: false, min: 1, max: 9 });
    expect(choicesOf({ choices: ['fixed-window'] })).toEqual([{ value: 'fixed-window', label: 'Fixed window' }]);
  });

  it('a list that is longer than its bound says so, unless the service says something else', () => {
    const field = { label: 'Tags', maxItems: 1 };
    expect(listProps(field, ['a']).error).toBeUndefined();
    expect(listProps(field, ['a', 'b']).error).toBe('Use at most 1 items.');
    expect(listProps(field, ['a', 'b'], 'No.').error).toBe('No.');
  });
});

describe('place of a problem', () => {
  it('is the field itself, the field of a list, or the field that it is within', () => {
    expect(placeOf('name', createKey)).toBe('name');
    expect(placeOf('limits.0.name', createKey)).toBe('limits.0.name');
    expect(placeOf('limits.0.windowMs', createKey)).toBe('limits');
    expect(placeOf('scopes.1', createKey)).toBe('scopes');
    expect(placeOf('metadata.a.b', createKey)).toBe('metadata');
  });

  it('is the name that the form gives the field, and nowhere if the form does not show it', () => {
    expect(placeOf('expiresIn', createKey, PLACES)).toBe('expiryDate');
    expect(placeOf('credits.refill.day', createKey, PLACES)).toBe('refillEvery');
    expect(placeOf('credits.refill.amount', createKey, PLACES)).toBe('refillAmount');
    expect(placeOf('bounds', createKey, PLACES)).toBe('bounds.environments');
    expect(placeOf('notBefore', createKey, PLACES)).toBeNull();
    expect(placeOf('tier', createKey, { tier: null })).toBeNull();
  });
});

describe('failure of a form', () => {
  const problem = (pointer: string, message: string) => ({ pointer, message });

  it('says each problem once: beside its field, or below', () => {
    const error = new InvalidInputError([
      problem('/name', 'A'),
      problem('/notBefore', 'B'),
      problem('/scopes/0', 'C'),
      problem('/scopes/1', 'D'),
    ]);
    expect(formFailure(error, createKey)).toMatchObject({ errors: { name: 'A', scopes: 'C' }, detail: 'B' });
    expect(formFailure(new InvalidInputError([problem('/name', 'A')]), createKey).detail).toBe('See the fields that are marked above.');
    expect(isProblemOf(error, 'name')).toBe(true);
    expect(isProblemOf(error, 'owner')).toBe(false);
  });

  it('says below what is about no field', () => {
    const error = new ConflictError('count_changed', 'The filters admit 2 keys, not 1.');
    expect(formFailure(error, createKey)).toMatchObject({ errors: {}, detail: expect.stringContaining('2 keys, not 1') as string });
  });

  it('names the keys that a change of many was refused for', () => {
    expect(refusalsIn(new InvalidInputError([problem('/expiresIn', 'key_a1: Use a later time.')]))).toEqual([
      { id: 'key_a1', reason: 'Use a later time.' },
    ]);
    expect(refusalsIn(new InvalidInputError([problem('/expiresIn', 'Use a duration.')]))).toEqual([]);
    expect(refusalsIn(new TypeError('key_a1: no'))).toEqual([]);
  });
});

describe('filters of the list of keys', () => {
  it('are those of a change of all keys that match, or such a change is not offered', () => {
    expect(whereOf({ owner: 'ada', tags: 'a, b', cursor: 'x', sort: 'name', order: 'asc' })).toEqual({ owner: 'ada', tags: ['a', 'b'] });
    expect(whereOf({})).toBeNull();
    expect(whereOf({ sort: 'name', order: 'asc' })).toBeNull();
    expect(whereOf({ owner: 'ada', search: 'ci' })).toBeNull();
    expect(whereOf({ owner: 'ada', attention: 'never' })).toBeNull();
    const all = { owner: 'a', tier: 'b', environment: 'c', status: 'active', tags: 'd' } as const;
    expect(Object.keys(revokeKeysWhere).filter((path) => path.startsWith('where.'))).toEqual(
      expect.arrayContaining(Object.keys(whereOf(all) ?? {}).map((name) => `where.${name}`)),
    );
  });

  it('take a tag more, each tag once, and begin at the first page', () => {
    expect(withTag({ cursor: 'x', owner: 'ada', tags: 'a' }, 'b')).toEqual({ owner: 'ada', tags: 'a,b' });
    expect(withTag({ tags: 'a' }, 'a')).toEqual({ tags: 'a' });
  });

  it('hold an order only as the contract knows it, and take its direction by default', () => {
    expect(readKeysSearch({ sort: 'name', order: 'asc' })).toEqual({ sort: 'name', order: 'asc' });
    expect(readKeysSearch({ sort: 'name' })).toEqual({ sort: 'name', order: 'asc' });
    expect(readKeysSearch({ sort: 'colour', order: 'asc' })).toMatchObject({ unknown: 'sort=colour' });
    expect(readKeysSearch({ sort: 'name', order: 'up' })).toMatchObject({ unknown: 'order=up' });
  });
});
