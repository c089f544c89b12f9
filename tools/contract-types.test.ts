import { expect, it } from 'vitest';
import { staleTypes } from './contract-types.js';

it('contract types: the files of types are what the contract says; run `npm run contract` after a change', async () => {
  expect(await staleTypes()).toEqual([]);
});
