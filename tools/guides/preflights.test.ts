/** No server of a document dies of a CORS preflight, which every browser sends and no key comes with. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { guideNames } from './guide-names.js';
import { parseGuide } from './parse-guide.js';

/** Its programs are the reader's own, and it starts only servers of tests, which no browser asks. */
const OF_TESTS = 'docs/guides/test-your-routes.md';
const EXAMPLES = ['news-api', 'snippets-api', 'tiers-api'].map((name) => `examples/${name}/README.md`);
const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Servers that a document starts, and preflights that it sends, each with the status that it shows. */
function countOf(name: string): { readonly servers: number; readonly preflights: number } {
  const steps = parseGuide(read(name));
  const servers = steps.map(({ text }) => count(text, /\blisten\(|^(?:const server = )?serve\(/gm));
  const preflights = steps.map(({ kind, text, expected }) =>
    kind === 'shell' && /^[2-5]\d\d$/m.test(expected?.text ?? '')
      ? count(text, /-X OPTIONS .*-H 'Origin: .*-H 'Access-Control-Request-Method: /g)
      : 0,
  );
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  return { servers: EXAMPLES.includes(name) ? 1 : sum(servers), preflights: sum(preflights) };
}

describe('every server of a document', () => {
  const documents = [...guideNames(), ...EXAMPLES].filter((name) => name !== OF_TESTS).map((name) => ({ name, ...countOf(name) }));

  it('is sent a CORS preflight, whose answer the document shows', () => {
    expect(documents.filter(({ servers, preflights }) => preflights < servers)).toEqual([]);
    // Express, Fastify, Hono, node:http and fetch handlers, and the examples.
    expect(documents.filter(({ servers }) => servers > 0).length).toBeGreaterThanOrEqual(10);
  });
});
