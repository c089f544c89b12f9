/** What the README of the library promises whoever has an empty folder. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mistyped } from 'latchkey/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf } from '../../tools/guides/blocks.js';
import { environment, outcomeOf } from '../../packages/server/test/cli/command.js';
import { install } from '../../tools/packed.js';
import { packedLibrary } from '../../tools/services/packed-library.js';
import { freePort } from '../../tools/services/free-port.js';
import { ask, untilAnswered, type Answer } from './ask.js';

const readme = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}README.md`, import.meta.url)), 'utf8');
const blocks = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```js(?: file=\S+)?\n(.*?)^```$/gms)].map(([, text = '']) => text);
const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const program = blockOf('packages/latchkey/README.md', 'five-lines');
const key = blockOf('packages/latchkey/README.md', 'first-key');
const namesIn = (line: string): readonly string[] => /^npm install (.+)$/m.exec(line)?.[1]?.split(' ') ?? [];

describe('the five lines of Express in the README of the library', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-five-lines-'));
    const names = namesIn(blockOf('packages/latchkey/README.md', 'install-express'));
    expect(names).toEqual(expect.arrayContaining([...namesIn(blockOf('packages/latchkey/README.md', 'install'))]));
    const dependencies = Object.fromEntries(names.map((name) => [name.replace(/(?<=.)@.*$/, ''), '*']));
    install(folder, { type: 'module', dependencies }, await packedLibrary());
  });
  async function printedBy(command: string, args: readonly string[], variables = {}): Promise<string> {
    const { code, stdout, stderr } = await outcomeOf(spawn(command, args, { cwd: folder, env: environment(variables) }));
    expect(code, stderr).toBe(0);
    return stdout;
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('are five, and those of the README of the repository are among them', () => {
    expect(linesOf(program).filter((line) => !line.startsWith('import '))).toHaveLength(5);
    const short = blocks(readme('')).find((text) => text.includes('latchkey/express')) ?? '';
    expect(linesOf(short).length).toBeGreaterThan(3);
    expect(linesOf(program)).toEqual(expect.arrayContaining([...linesOf(short)]));
  });

  it('protect a route of somebody who has installed the packed library: 401 without a key, 200 with one', async () => {
    const port = await freePort();
    writeFileSync(join(folder, 'app.js'), `${program}${key}`.replaceAll('3000', String(port)));
    const child = spawn(process.execPath, ['app.js'], { cwd: folder, env: environment() });
    const ended = outcomeOf(child);
    try {
      const printed = new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
      const token = await Promise.race([printed, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
      const url = `http://127.0.0.1:${port}/`;
      const withKey = async (presented: string): Promise<Answer> => ask(url, { headers: { Authorization: `Bearer ${presented}` } });
      await untilAnswered(url);
      expect(await ask(url)).toMatchObject({ status: 401, body: { detail: 'Missing Authorization header' } });
      expect(await withKey(token)).toMatchObject({ status: 200, text: 'Hello ada' });
      expect(await withKey(mistyped(token))).toMatchObject({ status: 401 });
      const asShown = blockOf('packages/latchkey/README.md', 'curl').replace('3000', String(port));
      expect(await printedBy('sh', ['-c', asShown], { TOKEN: token })).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nHello ada$/s);
    } finally {
      child.kill();
      await ended;
    }
  });

  it('and its first lines issue, verify and revoke a key', async () => {
    writeFileSync(join(folder, 'first.js'), blockOf('packages/latchkey/README.md', 'first'));
    expect(await printedBy(process.execPath, ['first.js'])).toMatch(/^acme_live_\w{49}\n$/);
  });

  it('bring no framework and no driver that was not asked for', () => {
    const has = (name: string): boolean => existsSync(join(folder, 'node_modules', name));
    expect(['latchkey', 'kysely', 'express', '@photostructure/sqlite'].filter(has)).toHaveLength(4);
    expect(
      ['fastify', 'hono', '@hono/node-server', 'jose', 'zod', 'pg', 'ioredis', '@node-rs/bcrypt', '@node-rs/argon2'].filter(has),
    ).toEqual([]);
  });
});
