import { readFileSync } from 'node:fs';
import { createGuard } from 'latchkey/middleware';
import { expect, it } from 'vitest';

const guide = readFileSync(new URL('../../../../docs/guides/guards.md', import.meta.url), 'utf8');

it('docs/guides/guards.md lists the options that a guard has, and no other', () => {
  const section = guide.split('\n## Options\n')[1]?.split('\n## ')[0] ?? '';
  const documented = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  const verify = async (): Promise<never> => Promise.reject(new Error('is never asked'));
  const options = { scopes: [], other: true };
  expect(() => createGuard({ verify }, options)).toThrow(`other: No such option; use ${documented.join(', ')}.`);
});
