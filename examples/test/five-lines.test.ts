/** What the README of the library promises whoever has an empty folder. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mistyped } from 'latchkey/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, outcomeOf } from '../../packages/server/test/cli/command.js';
import { install, pack } from '../../tools/packed.js';
import { freePort } from '../../tools/services/free-port.js';
import { ask, untilAnswered, type Answer } from './ask.js';

const readme = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}README.md`, import.meta.url)), 'utf8');
const blocks = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```js(?: file=\S+)?\n(.*?)^```$/gms)].map(([, text = '']) => text);
const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const section = readme('packages/latchkey/').split('## Five lines of Express')[1]?.split('\n## ')[0] ?? '';
const [program = '', key = ''] = blocks(section);

describe('the five lines of Express in the README of the library', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-five-lines-'));
    const names = /^npm install (.+)$/m.exec(section)?.[1]?.split(' ') ?? [];
    const dependencies = Object.fromEntries(names.map((name) => [name.replace(/(?<=.)@.*$/, ''), '*']));
    install(folder, { type: 'module', dependencies }, pack(folder, ['latchkey']));
  });
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
    } finally {
      child.kill();
      await ended;
    }
  });

  it('bring no framework and no driver that was not asked for', () => {
    const has = (name: string): boolean => existsSync(join(folder, 'node_modules', name));
    expect(['latchkey', 'kysely', 'express', '@photostructure/sqlite'].filter(has)).toHaveLength(4);
    expect(
      ['fastify', 'hono', '@hono/node-server', 'jose', 'zod', 'pg', 'ioredis', '@node-rs/bcrypt', '@node-rs/argon2'].filter(has),
    ).toEqual([]);
  });
});
