import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { codeSamples } from '../src/features/keys/detail/code-samples.js';

const guide = readFileSync(new URL('../../../docs/guides/nginx.md', import.meta.url), 'utf8');

it('code sample for nginx: asks as docs/guides/nginx.md does, which a test runs', () => {
  const linesOf = (text: string): readonly string[] =>
    (/location = \/latchkey \{\n(.*?)\n\s*\}/s.exec(text)?.[1] ?? '').split('\n').map((line) => line.trim());
  const { code = '' } =
    codeSamples('https://keys.example', { scopes: ['articles:read'], environment: 'live' }).find(({ id }) => id === 'nginx') ?? {};
  const ours = 'proxy_pass https://keys.example/v1/forward-auth?mode=nginx&environment=live&scope=articles:read;';
  expect(linesOf(code)).toContain(ours);
  // Of another host, the service may have another name.
  const asked = linesOf(guide).filter((line) => line !== 'proxy_set_header Host $host;');
  expect(linesOf(code)).toEqual(asked.map((line) => (line.startsWith('proxy_pass http') ? ours : line)));
});
