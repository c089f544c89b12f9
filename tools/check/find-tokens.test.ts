import { mintToken } from '../../packages/latchkey/src/domain/token.js';
import { createSeededEntropy } from 'latchkey/testing';
import { parseToken } from 'latchkey';
import { expect, it } from 'vitest';
import { findTokens } from './find-tokens.js';

const entropy = createSeededEntropy(1);
const token = mintToken('acme_corp', 'live', (length) => entropy.bytes(length)).reveal();
const find = (text: string): readonly string[] => findTokens(text, (candidate) => parseToken(candidate) !== null);

it('finds a token, and whatever stands around it', () => {
  const places = [token, `token=${token}&x`, `"${token}"`, `(x_${token}_)`, `${token}more`, `A${token}`, `a\n${token}\n`];
  for (const text of places) expect(find(text), text.replace(token, '<token>')).toContain(token);
});

it('finds one that is coloured in the middle, and each of several', () => {
  expect(find(`${token.slice(0, 20)}\u001b[31m${token.slice(20)}\u001b[39m`)).toEqual([token]);
  const second = mintToken('lk', 'test', (length) => entropy.bytes(length)).reveal();
  expect(find(`${token} ${second} ${token}`)).toEqual([token, second]);
});

it('takes a made-up token, a mistyped one and a hint for none', () => {
  expect(find(`lk_live_${'x'.repeat(49)} ${token.slice(0, -1)}- ${token.slice(0, 15)}…${token.slice(-4)}`)).toEqual([]);
});
