import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseToken, type KeyView } from 'latchkey';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run, serve, type ServedFolder } from './command.js';

interface Issued {
  readonly key: KeyView;
  readonly token: string;
  readonly replayed: boolean;
}

let service: ServedFolder;

beforeAll(async () => {
  service = await serve();
});

afterAll(async () => {
  await service.stop();
});

async function create(...more: readonly string[]): Promise<Issued> {
  const { stdout, code, stderr } = await service.run(['keys', 'create', '--name', 'test', '--owner', 'team-7', '--json', ...more]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Issued;
}

async function show(id: string): Promise<KeyView> {
  return JSON.parse((await service.run(['keys', 'show', id, '--json'])).stdout) as KeyView;
}

describe('latchkey keys', () => {
  it('list says where nothing is yet how to make the first one', async () => {
    for (const what of ['keys', 'owners']) {
      const { code, stdout, stderr } = await service.run([what, 'list']);
      expect([code, stdout], what).toEqual([0, '']);
      expect(stderr, what).toContain('latchkey keys create --name');
    }
  });

  it('create --token-file takes a token that exists already, from a file alone', async () => {
    const token = 'Zp4kQ9vT2mXr7LsB1nYc8HdF3gJw6KaE';
    const own = await serve();
    onTestFinished(async () => void (await own.stop()));
    const file = join(own.folder, 'own-token');
    const create = ['keys', 'create', '--name', 'GitOps', '--owner', 'team-7', '--token-file', file];
    writeFileSync(file, `${token}\n`);
    const created = await own.run(create);
    expect([created.code, created.stdout]).toEqual([0, '']);
    expect(created.stderr).toContain('Its token is the one in the file.');
    expect(created.stderr).not.toContain(token);
    expect((await own.run(['keys', 'verify', '--token-file', file])).code).toBe(0);
    writeFileSync(file, 'password');
    const refused = await own.run(create);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('--token-file: Use 16 to 512 visible ASCII characters');
    expect(refused.stderr).not.toContain('password');
  });

  it('create prints the token alone on stdout, so that it can be captured, and everything else on stderr', async () => {
    const { code, stdout, stderr } = await service.run(['keys', 'create', '--name', 'CI', '--owner', 'team-7']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+\n$/);
    expect(parseToken(stdout.trim())).toEqual({ prefix: 'lk', environment: 'live' });
    expect(stderr).toContain('team-7');
    expect(stderr).not.toContain(stdout.trim());
  });

  it('update lifts no bound of an operator token that it does not name, but for --clear bounds', async () => {
    const bound = ['--bound-environment', 'live', '--bound-owner', 'team-7'];
    const { key } = await create('--environment', 'operator', '--scope', 'keys:read', ...bound);
    const update = async (...options: readonly string[]) => {
      const { code, stderr } = await service.run(['keys', 'update', key.id, ...options]);
      expect(code, stderr).toBe(0);
      return (await show(key.id)).bounds;
    };
    expect(key.bounds).toEqual({ environments: ['live'], owners: ['team-7'] });
    expect(await update('--bound-owner', 'team-8,team-9')).toEqual({ environments: ['live'], owners: ['team-8', 'team-9'] });
    expect(await update('--clear', 'bounds', '--bound-grant', 'articles:read')).toEqual({ grants: ['articles:read'] });
    expect(await update('--clear', 'bounds')).toBeNull();
  });

  it('create carries every field that it takes', async () => {
    const fields = [
      '--environment',
      'test',
      '--scope',
      'articles:read,articles:write',
      '--scope',
      'users:read',
      '--expires-at',
      '2100-01-01T00:00:00Z',
      '--not-before',
      '2030-01-01',
      '--ip',
      '10.0.0.0/8',
      '--ip',
      '192.0.2.1',
      '--limit',
      'daily=100/1d',
      '--limit',
      'calls=10/1s:token-bucket:20',
      '--credits',
      '50',
      '--refill',
      'add:5/month:31',
      '--metadata',
      '{"team":"search"}',
    ];
    const { key } = await create(...fields);
    expect(key).toMatchObject({
      environment: 'test',
      scopes: ['articles:read', 'articles:write', 'users:read'],
      expiresAt: '2100-01-01T00:00:00.000Z',
      notBefore: '2030-01-01T00:00:00.000Z',
      status: 'scheduled',
      ipRules: ['10.0.0.0/8', '192.0.2.1'],
      credits: { remaining: 50, refill: { amount: 5, mode: 'add', every: 'month', day: 31 } },
      metadata: { team: 'search' },
    });
    expect(key.limits).toEqual([
      { name: 'daily', limit: 100, windowMs: 86_400_000, algorithm: 'fixed-window' },
      { name: 'calls', limit: 10, windowMs: 1_000, algorithm: 'token-bucket', burst: 20 },
    ]);
  });

  it('create and rotate with an idempotency key answer the same when repeated', async () => {
    const key = ['--idempotency-key', 'Zk3v9XbQ0uYw7LmN2sTp5RcD8aHfE1gJ'];
    const first = await create(...key);
    const again = await create(...key);
    expect(again.key.id).toBe(first.key.id);
    expect([first.replayed, again.replayed]).toEqual([false, true]);
  });

  it('verify takes the token from a pipe, a file or an argument, and says by its exit code whether it is good', async () => {
    const { token } = await create('--scope', 'articles:read');
    const file = join(service.folder, 'token');
    writeFileSync(file, `${token}\n`);
    for (const [args, input] of [
      [['keys', 'verify'], `${token}\n`],
      [['keys', 'verify', '-'], token],
      [['keys', 'verify', '--token-file', file], ''],
      [['keys', 'verify', token], ''],
    ] as const) {
      const outcome = await service.run(args, { input });
      expect(outcome.stdout).toMatch(/^verdict +valid$/m);
      expect(outcome.code).toBe(0);
    }
  });

  it('verify exits 1 and says why for a token that is refused, without repeating it', async () => {
    const { token } = await create('--scope', 'articles:read');
    const lacking = await service.run(['keys', 'verify', '--scope', 'articles:write', '--json'], { input: token });
    expect(lacking.code).toBe(1);
    expect(JSON.parse(lacking.stdout)).toMatchObject({ valid: false, code: 'insufficient_scope', missingScopes: ['articles:write'] });
    const malformed = await service.run(['keys', 'verify'], { input: `${token}x` });
    expect(malformed.code).toBe(1);
    expect(malformed.stdout).toMatch(/^verdict +malformed$/m);
    expect(lacking.stdout + malformed.stdout + malformed.stderr).not.toContain(token);
  });

  it('verify --dry-run explains each step and charges nothing; --json writes times as ISO 8601', async () => {
    const { token } = await create('--limit', 'daily=100/1d', '--expires-at', '2100-01-01');
    const explained = await service.run(['keys', 'verify', '--dry-run'], { input: token });
    expect(explained.stdout).toMatch(/^passed limits/m);
    const verdict = JSON.parse((await service.run(['keys', 'verify', '--json', '--cost', '3'], { input: token })).stdout) as unknown;
    expect(verdict).toMatchObject({
      valid: true,
      key: { expiresAt: '2100-01-01T00:00:00.000Z' },
      limits: [{ name: 'daily', remaining: 97, resetAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/) as string }],
    });
  });

  it('list shows a table to people and a page to programs, page by page or all at once', async () => {
    for (const name of ['a', 'b', 'c']) await service.run(['keys', 'create', '--name', name, '--owner', 'pages']);
    const table = await service.run(['keys', 'list', '--owner', 'pages', '--limit', '2']);
    expect(table.stdout.split('\n')[0]).toMatch(/^ID +NAME +OWNER/);
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(3);
    const cursor = /--cursor (\S+),/.exec(table.stderr)?.[1] ?? '';
    const rest = JSON.parse((await service.run(['keys', 'list', '--owner', 'pages', '--cursor', cursor, '--json'])).stdout) as {
      data: KeyView[];
      nextCursor: null;
    };
    expect(rest.data.map((key) => key.name)).toEqual(['a']);
    expect(rest.nextCursor).toBeNull();
    const all = JSON.parse((await service.run(['keys', 'list', '--owner', 'pages', '--all', '--json'])).stdout) as {
      data: KeyView[];
    };
    expect(all.data.map((key) => key.name)).toEqual(['c', 'b', 'a']);
    const none = await service.run(['keys', 'list', '--search', 'no such key']);
    expect([none.code, none.stdout, none.stderr]).toEqual([0, '', 'There is no such key.\n']);
  });

  it('list --json: wrong usage is one line of JSON too, and no option is ignored', async () => {
    for (const [wrong, message] of [
      [['--limt', '3'], "unknown option '--limt'"],
      [['--limit', 'abc'], 'Use a whole number.'],
      [['--owner', 'a', '--owner', 'b'], "option '--owner <id>' is given more than once"],
      [['--all', '--limit', '3'], 'Use --limit or --all, not both.'],
      [['--sort', 'name', '--never-used'], '--sort: Leave it out beside status and --never-used'],
    ] as const) {
      const { code, stdout, stderr } = await service.run(['keys', 'list', '--json', ...wrong]);
      expect([code, stdout], wrong.join(' ')).toEqual([2, '']);
      expect((JSON.parse(stderr) as { message: string }).message).toContain(message);
    }
  });

  it('update changes what is named and nothing else, and --clear takes away', async () => {
    const { key } = await create('--limit', 'daily=100/1d', '--expires-in', '90d', '--credits', '50', '--scope', 'a:read');
    const changed = await service.run(['keys', 'update', key.id, '--name', 'other', '--clear', 'limits,expiry', '--add-credits', '-20']);
    expect(changed.code, changed.stderr).toBe(0);
    expect(await show(key.id)).toMatchObject({
      name: 'other',
      limits: [],
      expiresAt: null,
      credits: { remaining: 30 },
      scopes: ['a:read'],
    });
    const nothing = await service.run(['keys', 'update', key.id]);
    expect([nothing.code, nothing.stderr]).toEqual([2, 'latchkey: Name at least one change; see --help.\n']);
    expect((await service.run(['keys', 'update', key.id, '--clear', 'name'])).code).toBe(2);
  });

  it('rotate prints the new token alone; the old one stays good for its grace, and ends at once without', async () => {
    const { key, token } = await create();
    const rotated = await service.run(['keys', 'rotate', key.id, '--grace', '1h']);
    expect(rotated.stdout).toMatch(/^lk_live_\w{49}\n$/);
    expect((await service.run(['keys', 'verify'], { input: token })).code).toBe(0);
    const current = (await show(key.id)).secrets[0]?.id ?? '';
    const guarded = await service.run(['keys', 'rotate', key.id, '--current-secret', 'sec_other']);
    expect(guarded.code).toBe(1);
    expect((await service.run(['keys', 'rotate', key.id, '--current-secret', current])).code).toBe(0);
    expect((await service.run(['keys', 'verify'], { input: rotated.stdout })).code).toBe(1);
  });

  it('disable and enable are reversible, revoke is final, and each keeps its reason', async () => {
    const { key, token } = await create();
    expect((await service.run(['keys', 'disable', key.id, '--reason', 'holiday'])).stderr).toBe('Disabled.\n');
    expect((await service.run(['keys', 'verify'], { input: token })).code).toBe(1);
    expect((await service.run(['keys', 'enable', key.id])).stderr).toBe('Enabled.\n');
    expect((await service.run(['keys', 'verify'], { input: token })).code).toBe(0);
    const revoked = await service.run(['keys', 'revoke', key.id, '--reason', 'leaked', '--json']);
    expect(JSON.parse(revoked.stdout)).toMatchObject({
      key: { status: 'revoked', revokedBy: 'admin', revokedReason: 'leaked' },
      propagation: { pending: [] },
    });
    const rotated = await service.run(['keys', 'rotate', key.id, '--json']);
    expect([rotated.code, rotated.stdout]).toEqual([1, '']);
    expect(JSON.parse(rotated.stderr)).toMatchObject({ code: 'key_revoked' });
  });

  it('text from the service cannot act on the terminal, in tables, in fields, or as JSON', async () => {
    const { key } = await create('--metadata', JSON.stringify({ title: 'a\u001b]0;owned\u0007\u009b31m\u202eb' }));
    const shown = await service.run(['keys', 'show', key.id]);
    const json = await service.run(['keys', 'show', key.id, '--json']);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const { stdout } of [shown, json]) expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect((JSON.parse(json.stdout) as KeyView).metadata).toEqual(key.metadata);
  });
});

describe('exit codes of the commands that administer', () => {
  it('1 for what is not there', async () => {
    const { code, stdout, stderr } = await service.run(['keys', 'show', 'key_none']);
    expect([code, stdout, stderr]).toEqual([1, '', 'latchkey: Key not found.\n']);
  });

  it('2 for wrong usage and for input that the service refuses, with what would be right', async () => {
    const usages = [
      [],
      ['bogus'],
      ['keys'],
      ['keys', 'create'],
      ['keys', 'create', '--name', 'a', '--owner', 'b', '--limit', 'nonsense'],
      ['keys', 'create', '--name', 'a', '--owner', 'b', '--refill', '5/1d'],
      ['keys', 'create', '--name', 'a', '--owner', 'b', '--metadata', '[]'],
      ['keys', 'verify', 'a', '--token-file', join(service.folder, 'latchkey.db')],
    ];
    for (const args of usages) expect((await service.run(args)).code, args.join(' ')).toBe(2);
    const refused = await service.run(['keys', 'create', '--name', 'a', '--owner', 'b', '--expires-at', 'tomorrow']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--expires-at: Use');
  });

  it('3 where no service answers', async () => {
    const { code, stderr } = await service.run(['keys', 'list'], { variables: { LATCHKEY_URL: 'http://127.0.0.1:1' } });
    expect(code).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached');
  });

  it('4 for no credentials, wrong ones, and an operator token without the scope', async () => {
    const wrong = await service.run(['keys', 'list'], { variables: { LATCHKEY_ADMIN_KEY: 'wrong-admin-key-wrong' } });
    expect(wrong.code).toBe(4);
    expect(wrong.stderr).toContain('Invalid admin key');
    expect(wrong.stderr).not.toContain('wrong-admin-key-wrong');
    expect((await run(['keys', 'list'], { variables: { LATCHKEY_URL: service.url } })).code).toBe(4);
    const { token } = await create('--environment', 'operator', '--scope', 'keys:read');
    const variables = { LATCHKEY_URL: service.url, LATCHKEY_TOKEN: token };
    expect((await run(['keys', 'list'], { variables })).code).toBe(0);
    const lacking = await run(['keys', 'create', '--name', 'a', '--owner', 'b'], { variables });
    expect(lacking.code).toBe(4);
    expect(lacking.stderr).not.toContain(token);
  });

  it('a token in the wrong place of the command line is not repeated', async () => {
    const { token } = await create();
    for (const args of [
      ['keys', token],
      ['keys', 'list', `--${token}`],
      ['keys', 'show', token],
      ['keys', 'list', '--url', token],
    ]) {
      const { code, stdout, stderr } = await service.run(args);
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toContain(token);
    }
  });

  it('two credentials at once are refused rather than one being chosen', async () => {
    const { code, stderr } = await service.run(['keys', 'list'], { variables: { LATCHKEY_TOKEN: 'x' } });
    expect([code, stderr]).toEqual([2, 'latchkey: Set LATCHKEY_ADMIN_KEY or LATCHKEY_TOKEN, not both.\n']);
  });
});
