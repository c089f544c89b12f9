import { hasCommands } from '../has-commands.js';
import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY, MAIN, environment, outcomeOf, runProcess, serve, temporaryFolder, type ServedFolder } from './command.js';

async function served(variables: Readonly<Record<string, string>> = {}): Promise<ServedFolder> {
  const service = await serve(variables);
  onTestFinished(async () => void (await service.stop()));
  return service;
}

/** A request that the service has begun to read and cannot finish: its body never comes. */
async function unfinishedRequest(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  const head = `POST /v1/keys HTTP/1.1\r\nHost: x\r\nX-Admin-Key: ${ADMIN_KEY}\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n`;
  await new Promise<void>((resolve) => {
    // "100 Continue" says that the request is under way.
    socket.once('data', () => resolve());
    socket.write(head);
  });
}

describe('latchkey serve, not on a terminal', () => {
  it('logs JSON on stdout, answers, and ends with exit code 0 on SIGTERM, all keys kept', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const database = { DATABASE_URL: `file:${join(folder.path, 'kept.db')}` };
    const first = await serve(database);
    const token = (await first.run(['keys', 'create', '--name', 'a', '--owner', 'b', '--limit', 'yearly=2/366d'])).stdout;
    await first.run(['keys', 'verify'], { input: token });
    const { code, stdout } = await first.stop();
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'started',
      'request',
      'request',
      'stopping',
      'stopped',
    ]);
    expect(stdout).not.toContain(token.trim());
    expect(stdout).not.toContain(ADMIN_KEY);
    expect(statSync(join(folder.path, 'kept.db')).mode & 0o777).toBe(0o600);
    const second = await served(database);
    const codes: (number | null)[] = [];
    for (let call = 0; call < 2; call++) codes.push((await second.run(['keys', 'verify'], { input: token })).code);
    expect(codes, 'the limit of 2, one of which was used before the restart').toEqual([0, 1]);
  });

  it('makes keys with the scopes of LATCHKEY_SCOPES alone', async () => {
    const service = await served({ LATCHKEY_SCOPES: 'articles:read,articles:write' });
    const create = async (scope: string) => service.run(['keys', 'create', '--name', 'a', '--owner', 'b', '--scope', scope]);
    expect((await create('articles:*')).code).toBe(0);
    const { code, stderr } = await create('articles:raed');
    expect(code).not.toBe(0);
    expect(stderr).toContain('articles:read, articles:write');
  });

  it('without an admin key starts, warns, and answers 500 to administrators', async () => {
    const service = await served({ ADMIN_API_KEY: '' });
    const response = await fetch(`${service.url}/v1/keys`, { headers: { 'x-admin-key': ADMIN_KEY } });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('ADMIN_API_KEY is not configured');
    const administered = await service.run(['keys', 'list']);
    expect(administered.code).toBe(4);
    expect(administered.stderr).toContain('ADMIN_API_KEY is not configured');
    expect((await service.stop()).stdout).toContain('"level":"warn"');
  });

  it('takes the admin key from a file', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const file = join(folder.path, 'admin-key');
    writeFileSync(file, `${ADMIN_KEY}\n`, { mode: 0o600 });
    const service = await served({ ADMIN_API_KEY: '', ADMIN_API_KEY_FILE: file });
    expect((await service.run(['keys', 'list'])).code).toBe(0);
  });

  it('names every problem of the configuration at once, by name and without its value, and exits 2', async () => {
    const variables = {
      PORT: '65536x',
      ADMIN_API_KEY: 'too-short-admin',
      LATCHKEY_PREFIX: 'Bad_Prefix',
      REDIS_URL: 'redis://u:secret@x/y',
    };
    const { code, stdout, stderr } = await runProcess(['serve', '--host', 'a b', '--database', 'postgres://user:pass-phrase@x/y'], {
      variables,
    });
    expect([code, stdout]).toEqual([2, '']);
    for (const name of [
      'PORT: ',
      'ADMIN_API_KEY: ',
      'LATCHKEY_PREFIX: ',
      'REDIS_URL: ',
      '--host: ',
      '--database: a password does not belong here',
    ]) {
      expect(stderr).toContain(name);
    }
    for (const value of ['65536x', 'too-short-admin', 'Bad_Prefix', 'secret', 'pass-phrase']) expect(stderr).not.toContain(value);
  });

  it('refuses a port that is taken, says what to do, and exits 2', async () => {
    const service = await served();
    const taken = await runProcess(['serve', '--port', new URL(service.url).port, '--database', ':memory:'], { cwd: service.folder });
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
  });

  it('metrics with a port of their own: they are answered there and nowhere else, until the service stops', async () => {
    const service = await served({ LATCHKEY_METRICS_PORT: '0', LATCHKEY_METRICS: 'operator' });
    const metrics = service.metricsUrl ?? '';
    const ask = async (url: string, headers = {}) => (await fetch(`${url}/metrics`, { headers })).status;
    expect(new URL(metrics).hostname).toBe('127.0.0.1');
    const admin = { 'x-admin-key': ADMIN_KEY };
    expect([await ask(service.url, admin), await ask(metrics), await ask(metrics, admin)]).toEqual([404, 401, 200]);
    expect((await fetch(`${metrics}/healthz`)).status).toBe(404);
    const taken = await runProcess(['serve', '--port', '0', '--metrics-port', new URL(metrics).port, '--database', ':memory:'], {
      cwd: service.folder,
    });
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(/LATCHKEY_METRICS_HOST and LATCHKEY_METRICS_PORT: .*EADDRINUSE/);
    expect((await service.stop()).code).toBe(0);
    await expect(ask(metrics)).rejects.toThrow('fetch failed');
  });

  it('answers nothing at /metrics, /docs and /openapi.json where the settings switch them off', async () => {
    const service = await served({ LATCHKEY_METRICS: 'off', LATCHKEY_DOCS: 'off', LATCHKEY_OPENAPI: 'off' });
    const statuses = ['/metrics', '/docs', '/docs/viewer.js', '/openapi.json', '/healthz'].map(
      async (path) => (await fetch(`${service.url}${path}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404, 404, 200]);
  });

  it('refuses a pepper that is not the one the database was made with, without repeating it', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const database = `file:${join(folder.path, 'a.db')}`;
    const pepper = 'the-first-pepper-of-this-database-0001';
    await (await serve({ DATABASE_URL: database, LATCHKEY_PEPPERS: `p1:${pepper}` })).stop();
    const other = 'another-pepper-under-the-same-name-0002';
    const { code, stderr } = await runProcess(['serve', '--port', '0', '--database', database], {
      variables: { LATCHKEY_PEPPERS: `p1:${other}` },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('"p1" is not the one');
    expect(stderr).not.toContain(other);
  });

  it('takes SIGINT and SIGTERM at one time as one, as npm passes Ctrl-C on a second time', async () => {
    const service = await served();
    service.child.kill('SIGINT');
    service.child.kill('SIGTERM');
    const { code, stdout } = await service.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('"msg":"stopped"');
  });

  it('a second signal ends it at once, though a request is under way', async () => {
    const service = await served({ LATCHKEY_SHUTDOWN_MS: '600000' });
    await unfinishedRequest(service.url);
    const again = setInterval(() => service.child.kill('SIGTERM'), 100);
    const { code, stdout } = await service.ended;
    clearInterval(again);
    expect(code).toBe(143);
    expect(stdout).toContain('"msg":"stopping"');
    expect(stdout).not.toContain('"msg":"stopped"');
  });

  it('cuts off after LATCHKEY_SHUTDOWN_MS what does not finish, and still ends well', async () => {
    const service = await served({ LATCHKEY_SHUTDOWN_MS: '1' });
    await unfinishedRequest(service.url);
    expect((await service.stop()).code).toBe(0);
  });

  it.runIf(process.platform === 'linux')('keeps no secret in its environment for child processes', async () => {
    const script = `import { processTerminal } from ${JSON.stringify(new URL('../../dist/cli/terminal.js', import.meta.url).href)};
      import { runCommandLine } from ${JSON.stringify(new URL('../../dist/cli/program.js', import.meta.url).href)};
      const done = runCommandLine(['serve', '--port', '0', '--database', ':memory:', '--log-level', 'silent'], processTerminal(process), '0');
      const until = performance.now() + 60_000;
      const look = setInterval(() => {
        if ('ADMIN_API_KEY' in process.env && performance.now() < until) return;
        clearInterval(look);
        process.stdout.write(Object.keys(process.env).sort().join());
        process.kill(process.pid, 'SIGTERM');
      }, 1);
      await done;`;
    const env = {
      ...environment(),
      ADMIN_API_KEY: ADMIN_KEY,
      LATCHKEY_PEPPERS: `p1:${ADMIN_KEY}`,
      LATCHKEY_TOKEN: 'x',
      REDIS_URL: 'redis://:x@127.0.0.1:1',
    };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
    child.stdin.end();
    const { stdout } = await outcomeOf(child);
    expect(stdout).toBe('HOME,PATH');
  });
});

/** A pseudo-terminal of util-linux: what a person sees who starts the command by hand. */
interface PseudoTerminal {
  until(pattern: RegExp): Promise<string>;
  press(key: string): void;
  readonly code: Promise<number | null>;
  text(): string;
}

function onTerminal(command: string, cwd: string, variables: Readonly<Record<string, string>> = {}): PseudoTerminal {
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: environment({ TERM: 'xterm', NO_COLOR: '1', ...variables }) });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    code,
    text: () => output,
    press: (key) => void child.stdin.write(key),
    until: async (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output)) resolve(output);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`ended without ${String(pattern)}:\n${output}`)));
        look();
      }),
  };
}

describe.runIf(hasCommands('script', 'curl'))('latchkey serve, on a terminal', () => {
  it('prints where it listens, the admin key of this run once, and three lines to try, which work when pasted', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const terminal = onTerminal(`exec '${process.execPath}' '${MAIN}' serve --port 0`, folder.path);
    const screen = (await terminal.until(/started/)).replaceAll('\r', '');
    const key = /Admin key of this run: (\S+)/.exec(screen)?.[1] ?? '';
    expect(key).toMatch(/^[\w-]{43}$/);
    const lines = screen.split('\n').filter((line) => line.includes('curl '));
    expect(lines).toHaveLength(3);
    const pasted = await outcomeOf(spawn('sh', ['-c', lines.join('\n')], { env: environment() }));
    expect(pasted.code, pasted.stderr).toBe(0);
    expect(pasted.stdout).toMatch(/^lk_live_\w{49}\n\{"valid":true,/);
    expect(pasted.stdout).toContain('HTTP/1.1 200');
    expect(pasted.stdout).toMatch(/^x-latchkey-owner: me/im);
    terminal.press('\u0003');
    expect(await terminal.code).toBe(0);
    const whole = terminal.text();
    expect(whole).toMatch(/stopped/);
    expect(whole.split(`Admin key of this run: ${key}`)).toHaveLength(2);
    // In the lines to paste, and nowhere else: not in the log.
    expect(whole.split(key)).toHaveLength(4);
    expect(whole).toMatch(/\d\d:\d\d:\d\d info {2}request POST \/v1\/keys 201 /);
    expect(whole).not.toContain('\u001b[1m');
    expect(readFileSync(join(folder.path, 'latchkey.db')).includes(key)).toBe(false);
  });

  it('names no page that is switched off', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const terminal = onTerminal(`exec '${process.execPath}' '${MAIN}' serve --port 0`, folder.path, { LATCHKEY_OPENAPI: 'off' });
    expect(await terminal.until(/started/)).not.toContain('/docs');
    terminal.press('\u0003');
    expect(await terminal.code).toBe(0);
  });

  it('does not print an admin key that was configured; the lines to try take it from the shell', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const terminal = onTerminal(`exec '${process.execPath}' '${MAIN}' serve --port 0`, folder.path, { ADMIN_API_KEY: ADMIN_KEY });
    const screen = (await terminal.until(/started/)).replaceAll('\r', '');
    const lines = screen.split('\n').filter((line) => line.includes('curl '));
    const pasted = await outcomeOf(spawn('sh', ['-c', lines.join('\n')], { env: environment({ ADMIN_API_KEY: ADMIN_KEY }) }));
    expect(pasted.stdout).toContain('"valid":true');
    terminal.press('\u0003');
    expect(await terminal.code).toBe(0);
    expect(terminal.text()).not.toContain(ADMIN_KEY);
  });
});

describe('latchkey migrate', () => {
  it('makes the database, says what it applied, and does nothing the second time', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const first = await runProcess(['migrate', '--json'], { cwd: folder.path });
    expect(first.code, first.stderr).toBe(0);
    expect((JSON.parse(first.stdout) as { applied: string[] }).applied.length).toBeGreaterThan(0);
    const second = await runProcess(['migrate'], { cwd: folder.path, variables: { DATABASE_URL: 'file:./latchkey.db' } });
    expect([second.code, second.stderr]).toEqual([0, 'The database is up to date.\n']);
    expect((await runProcess(['migrate', '--database', 'mysql://x/y'], { cwd: folder.path })).code).toBe(2);
  });
});
