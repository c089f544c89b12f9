/** The blocks of packages/latchkey/README.md: through the strict compiler, and those for a service against one. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { findTypeErrors } from '../../../../tools/guides/check-code.js';
import { serveApp, type RunningService } from '../../src/http/serving/listen.js';
import { openService, type Service } from '../http/service.js';

const README = 'packages/latchkey/README.md';
const awaitUsing = `import { createLatchkey } from 'latchkey';\n${blockOf('packages/latchkey/README.md', 'await-using')}`;
const walk = blockOf('packages/latchkey/README.md', 'walk');
const client = blockOf('packages/latchkey/README.md', 'client');
const cache = `import { createClient } from 'latchkey/client';\n${blockOf('packages/latchkey/README.md', 'cache')}`;
const ownKeys = blockOf('packages/latchkey/README.md', 'own-keys');

describe('packages/latchkey/README.md', () => {
  let service: Service;
  let running: RunningService;
  let folder: string;
  beforeAll(async () => {
    service = await openService();
    running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    folder = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));
    symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await running.close(0);
    await service.close();
  });

  /** Runs a block in Node with these values, and returns its output. */
  async function run(code: string, given: Readonly<Record<string, string>>): Promise<string> {
    const file = join(folder, 'block.mjs');
    const values = Object.entries(given).map(([name, value]) => `const ${name} = ${value};\n`);
    writeFileSync(file, values.join('') + code.replaceAll('https://keys.example', running.url));
    return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout.trim();
  }

  it('client blocks: verify at a service, without and with a cache', async () => {
    const { token } = await service.issue({ scopes: ['articles:read'] });
    const given = { operatorToken: JSON.stringify(await service.operator('keys:verify')), token: JSON.stringify(token) };
    expect(await run(`${client}\nconsole.log(verdict.valid);`, given)).toBe('true');
    const twice =
      'const [first, second] = [await latchkey.verify(token), await latchkey.verify(token)];\nconsole.log(second.cachedForMs >= 0);';
    expect(await run(`${cache}\n${twice}`, { ...given, url: JSON.stringify(running.url) })).toBe('true');
  });

  it('block for owners: creates a key of the owner whose JWT it is', async () => {
    const code = ownKeys.replace("'articles:read'", "'a:read'");
    expect(code).not.toBe(ownKeys);
    const jwt = await service.jwt('team-7');
    expect(
      await run(`${code}\nconsole.log(key.name, token.reveal().length > 40);`, {
        session: `{ freshJwt: async () => ${JSON.stringify(jwt)} }`,
      }),
    ).toBe('CI true');
  });

  it('block of await using: revokes the keys of an owner and closes the engine, so that the process ends', async () => {
    const { code } = await transform(awaitUsing, { loader: 'ts', target: 'node20' });
    const create = `const opened = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'acme' });
      const { token } = await opened.keys.create({ name: 'CI', owner: 'ada' });
      await opened.close();`;
    expect(await run(`${code}\n${create}\nconsole.log(await revokeKeysOf('ada'), await revokeKeysOf('ada'));`, {})).toBe('1 0');
  });

  it('block of walk: prints the keys of every page', async () => {
    const before = `import { createLatchkey } from 'latchkey';
      const latchkey = await createLatchkey({ database: ':memory:' });
      for (let i = 0; i < 30; i++) await latchkey.keys.create({ name: 'CI', owner: \`owner-\${i}\`, expiresIn: '1d' });
      await latchkey.keys.create({ name: 'CI', owner: 'later', expiresIn: '90d' });`;
    const printed = await run(`${before}\n${walk}\nawait latchkey.close();`, {});
    const owners = printed.split('\n').map((line) => line.replace(/^key_\w+ /, ''));
    expect(owners.toSorted()).toEqual(Array.from({ length: 30 }, (_, i) => `owner-${i}`).toSorted());
  });

  it('blocks: are code that a strict compiler accepts', () => {
    const files = {
      'first.mjs': blockOf('packages/latchkey/README.md', 'first'),
      'express.mjs': blockOf('packages/latchkey/README.md', 'five-lines') + blockOf('packages/latchkey/README.md', 'first-key'),
      'await-using.ts': `${awaitUsing}\nexport { revokeKeysOf };`,
      'walk.ts': `import type { Latchkey } from 'latchkey';\ndeclare const latchkey: Latchkey;\n${walk}\nexport {};`,
      'client.ts': `declare const operatorToken: string, token: string;\n${client}\nexport { verdict };`,
      'cache.ts': `declare const operatorToken: string, url: string;\n${cache}\nexport { latchkey };`,
      'own-keys.ts': `declare const session: { freshJwt(): Promise<string> };\n${ownKeys}\nexport { key, token };`,
    };
    const markdown = Object.entries(files).map(
      ([name, text]) => `\`\`\`${name.endsWith('.ts') ? 'ts' : 'js'} file=${name}\n${text}\n\`\`\`\n`,
    );
    expect(findTypeErrors([{ name: README, markdown: markdown.join('\n') }])).toEqual([]);
  });

  it('block of names: the compiler reports the lines that say so, and says the same', () => {
    const before = [
      "import express from 'express';",
      "import { createLatchkey } from 'latchkey';",
      "import { requireApiKey } from 'latchkey/express';",
    ];
    const context = [...before, 'const app = express();', 'declare const list: express.RequestHandler;'];
    const names = blockOf('packages/latchkey/README.md', 'names');
    const lines = [...context, ...names.split('\n')];
    const errors = findTypeErrors([{ name: 'README', markdown: ['```ts file=names.ts', ...lines, '```'].join('\n') }]);
    const told = lines.flatMap((line, index) => {
      const hint = /\/\/ error: did you mean (".*")\?$/.exec(line)?.[1];
      return hint === undefined ? [] : [`README:${index + 2}: error … ${hint}`];
    });
    expect(told).toHaveLength(2);
    expect(
      errors.filter((line) => line.startsWith('README')).map((line) => line.replace(/error .*did you mean .*(".*?").*$/i, 'error … $1')),
    ).toEqual(told);
  });
});
