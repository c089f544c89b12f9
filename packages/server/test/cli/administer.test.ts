import type { OwnerView, TierView, UsageReport } from 'latchkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type ServedFolder } from './command.js';

let service: ServedFolder;

beforeAll(async () => {
  service = await serve();
});

afterAll(async () => {
  await service.stop();
});

async function token(owner: string, ...more: readonly string[]): Promise<string> {
  return (await service.run(['keys', 'create', '--name', 'test', '--owner', owner, ...more])).stdout;
}

describe('latchkey owners', () => {
  it('list and show tell an owner and how many keys it has', async () => {
    await token('list-1');
    const list = await service.run(['owners', 'list', '--search', 'list-1']);
    expect(list.stdout).toMatch(/^list-1 +– +active +1 +1$/m);
    expect((await service.run(['owners', 'show', 'list-1'])).stdout).toMatch(/^keys +1 live of 1$/m);
    expect((await service.run(['owners', 'show', 'nobody'])).code).toBe(1);
  });

  it('update makes the record, changes what is named, and --clear takes away', async () => {
    const made = await service.run([
      'owners',
      'update',
      'new-owner',
      '--name',
      'New',
      '--max-keys',
      '1',
      '--limit',
      'daily=5/1d',
      '--json',
    ]);
    expect((JSON.parse(made.stdout) as { owner: OwnerView }).owner).toMatchObject({ name: 'New', maxKeys: 1, limits: [{ limit: 5 }] });
    await token('new-owner');
    const beyond = await service.run(['keys', 'create', '--name', 'second', '--owner', 'new-owner']);
    expect([beyond.code, beyond.stdout]).toEqual([1, '']);
    const cleared = await service.run(['owners', 'update', 'new-owner', '--clear', 'max-keys,limits', '--json']);
    expect((JSON.parse(cleared.stdout) as { owner: OwnerView }).owner).toMatchObject({ name: 'New', maxKeys: null, limits: [] });
    expect((await service.run(['owners', 'update', 'new-owner'])).code).toBe(2);
  });

  it('suspend stops every key at once, resume lets them work again, revoke-all ends them', async () => {
    const tokens = [await token('acme'), await token('acme')];
    const codes = async (): Promise<(number | null)[]> =>
      Promise.all(tokens.map(async (input) => (await service.run(['keys', 'verify'], { input })).code));
    expect((await service.run(['owners', 'suspend', 'acme', '--reason', 'unpaid'])).stdout).toMatch(/^suspended +.*: unpaid$/m);
    expect(await codes()).toEqual([1, 1]);
    expect((await service.run(['owners', 'resume', 'acme'])).stderr).toBe('Resumed.\n');
    expect(await codes()).toEqual([0, 0]);
    expect((await service.run(['owners', 'revoke-all', 'acme'])).stderr).toBe('Revoked 2 keys.\n');
    expect((await service.run(['owners', 'revoke-all', 'acme'])).stderr).toBe('Revoked 0 keys.\n');
    expect(await codes()).toEqual([1, 1]);
  });

  it('an owner whose id has characters of URLs is reached, and one that no URL can carry is refused', async () => {
    await token('a/b?c#d%20é');
    expect((await service.run(['owners', 'show', 'a/b?c#d%20é'])).stdout).toMatch(/^id +a\/b\?c#d%20é$/m);
    expect((await service.run(['owners', 'show', '..'])).code).toBe(2);
  });
});

describe('latchkey tiers', () => {
  it('set makes a tier and replaces its limits; list and show tell it; remove is refused while keys have it', async () => {
    await service.run(['tiers', 'set', 'free', '--limit', 'daily=100/1d']);
    const set = await service.run(['tiers', 'set', 'free', '--limit', 'yearly=2/366d', '--json']);
    expect(JSON.parse(set.stdout) as TierView).toMatchObject({ limits: [{ name: 'yearly', limit: 2, windowMs: 366 * 86_400_000 }] });
    const input = await token('tiered', '--tier', 'free');
    const codes: (number | null)[] = [];
    for (let call = 0; call < 3; call++) codes.push((await service.run(['keys', 'verify'], { input })).code);
    expect(codes).toEqual([0, 0, 1]);
    expect((await service.run(['tiers', 'list'])).stdout).toMatch(/^free +1 +the service +yearly: 2 in 366d \(fixed-window\)$/m);
    expect((await service.run(['tiers', 'show', 'free'])).stdout).toMatch(/^keys +1$/m);
    expect((await service.run(['tiers', 'remove', 'free'])).code).toBe(1);
    await service.run(['tiers', 'set', 'unused']);
    expect((await service.run(['tiers', 'remove', 'unused'])).code).toBe(0);
    expect((await service.run(['tiers', 'show', 'unused'])).code).toBe(1);
  });
});

describe('latchkey usage', () => {
  it('counts verifications by outcome', async () => {
    const input = await token('counted', '--scope', 'a:read');
    await service.run(['keys', 'verify'], { input });
    await service.run(['keys', 'verify', '--scope', 'b:read'], { input });
    const read = async (): Promise<UsageReport> =>
      JSON.parse((await service.run(['usage', '--owner', 'counted', '--by', 'hour', '--json'])).stdout) as UsageReport;
    await expect.poll(read).toMatchObject({ by: 'hour', total: 2, totals: { valid: 1, insufficient_scope: 1 } });
    const table = (await service.run(['usage', '--owner', 'counted'])).stdout.trimEnd().split('\n');
    expect(table[0]).toMatch(/^DAY +/);
    expect(table.at(-1)).toMatch(/^total +1 +1$/);
    expect((await service.run(['usage', '--by', 'week'])).code).toBe(2);
  });
});
