import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FOLDER, PAGES } from './reference.js';

describe('docs/reference', () => {
  it.each(Object.entries(PAGES))(
    '%s is what the tables make; to write it anew: node tools/build.js && node tools/reference.js',
    (name, page) => {
      expect(readFileSync(new URL(name, FOLDER), 'utf8')).toBe(page());
    },
  );

  it('has no file that no page writes', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(PAGES).toSorted());
  });
});
