/** Probes each bound that the OpenAPI document states of a request: at the bound, inside and outside. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundSites, pointerOf, probeAt, unboundedNumbers, type Making, type Site } from './bound-sites.js';
import { ADMIN, holdClock, openService, selfServiceOf, type Answer, type Service } from './service.js';

/** Every length that is probed of a name which the service must know. */
const letters = (...lengths: readonly number[]): readonly string[] => lengths.map((length) => 'a'.repeat(length));
const TIERS = letters(1, 2, 31, 32);
const ENVIRONMENTS = ['live', ...letters(1, 2, 15, 16)];

function scopeOf(length: number): string {
  return length < 64 ? 'a:'.padEnd(length, 'b').slice(0, length) : `${'a'.repeat(64)}:`.repeat(5).slice(0, length);
}

/** Visible ASCII characters, as if at random. */
const HARD_TO_GUESS = Array.from({ length: 600 }, (_, index) =>
  String.fromCharCode(33 + ((createHash('sha256').update(String(index)).digest()[0] ?? 0) % 94)),
).join('');

const SPELLING: Making['spelling'] = {
  scopes: scopeOf,
  anyScope: scopeOf,
  token: (length) => HARD_TO_GUESS.slice(0, length),
  grants: scopeOf,
  returnTo: (length) => '/'.padEnd(length, 'a').slice(0, length),
  returnUrl: (length) => 'http://'.padEnd(length, 'a').slice(0, length),
};

/** An undefined one is left out. */
const BESIDE: Making['beside'] = {
  windowMs: { window: undefined },
  burst: { algorithm: undefined },
  seq: { hash: '0'.repeat(64) },
  afterSeq: { afterHash: '0'.repeat(64) },
};

/** An answer to a place in the log that is within its bounds, and has no entry. */
const NO_ENTRY = /The log has no entry/;

let service: Service;

beforeEach(async () => {
  const clock = holdClock();
  const policy = { scopes: ['*:*'], tiers: [...TIERS], environments: ENVIRONMENTS, maxKeys: 10_000, maxExpiry: '100y' };
  service = await openService({ selfService: selfServiceOf(clock, policy) }, { clock, environments: ENVIRONMENTS });
  await service.issue({ owner: 'team-8' });
  for (const tier of TIERS) await service.latchkey.tiers.put(tier, { limits: [] });
});
afterEach(async () => service.close());

/** Documents do not differ from one service to another. */
const { document, close } = await openService();
await close();
const SITES = boundSites(document);
const OPERATIONS = [...new Set(SITES.map(({ operation }) => operation))];

async function ask(site: Site, size: number): Promise<Answer> {
  // Only an operator token is bound, and a key keeps its environment.
  const operator = { environment: 'operator', scopes: ['keys:read'] };
  const { id } = await service.issue({ credits: { remaining: 0 }, ...(site.steps[0] === 'bounds' && operator) });
  const { environment: _, ...bounded } = operator;
  const beside = { ...BESIDE, bounds: site.operation === 'POST /v1/keys' ? operator : bounded };
  const known = { keys: id, format: 'jsonl', token: 'a', name: 'a key', id };
  const { query, headers, body } = probeAt(site, size, { document, known, spelling: SPELLING, beside });
  const [method = '', path = ''] = site.operation.split(' ');
  const inPath: Readonly<Record<string, string>> = { id: path.includes('/owners/') ? 'team-8' : id, name: 'pro' };
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inPath[name] ?? 'none');
  const credential = path.startsWith('/v1/me') ? { authorization: `Bearer ${await service.jwt('team-7')}` } : ADMIN;
  return service.call(method, `${target}?${new URLSearchParams(query).toString()}`, {
    headers: { ...credential, ...headers },
    ...(body !== undefined && { body }),
  });
}

/** Returns whether the answer refuses the value at the site, or a value that holds it. */
function isRefused({ status, json }: Answer, site: Site): boolean {
  const pointer = site.in === 'header' ? '' : pointerOf(site);
  const errors = (json?.['errors'] ?? []) as readonly { readonly pointer: string }[];
  return status === 400 && errors.some((error) => pointer === error.pointer || pointer.startsWith(`${error.pointer}/`));
}

describe('the bounds of the OpenAPI document', () => {
  it.each(OPERATIONS)('are those that the service holds: %s', async (operation) => {
    const wrong: string[] = [];
    for (const site of SITES.filter((one) => one.operation === operation)) {
      const outwards = site.word.startsWith('max') ? 1 : -1;
      const where = `${site.in} ${pointerOf(site)} ${site.word} ${site.bound}`;
      for (const size of [site.bound, site.bound - outwards]) {
        const answer = await ask(site, size);
        const isWrong = answer.status === 400 ? !NO_ENTRY.test(answer.text) : answer.status >= 500;
        if (isWrong) wrong.push(`${where}: ${size} is refused: ${answer.text}`);
      }
      // No text is shorter than none.
      if (site.word === 'minLength' && site.bound === 0) continue;
      const answer = await ask(site, site.bound + outwards);
      if (!isRefused(answer, site)) wrong.push(`${where}: ${site.bound + outwards} is not refused: ${answer.status} ${answer.text}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are stated for each number that is sent, on both sides', () => {
    expect(unboundedNumbers(document)).toEqual([]);
  });
});
