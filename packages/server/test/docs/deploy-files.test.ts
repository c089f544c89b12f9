/** The files of deploy/, and what docs/guides/production.md adds to them, by the programs that read them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { startHaproxy, type RunningProxy } from '../../../../tools/services/http-proxies.js';
import { serveApp, type RunningService } from '../../src/http/serving/listen.js';
import { hasCommands } from '../has-commands.js';
import { openService, type Service } from '../http/service.js';
import { CALLER, send } from './api-behind-proxy.js';

const read = (file: string): string => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');

describe.runIf(hasCommands('haproxy'))('deploy/haproxy.cfg', () => {
  let service: Service;
  let running: RunningService;
  let proxy: RunningProxy;
  beforeAll(async () => {
    service = await openService({ trustedProxies: ['127.0.0.1'] });
    running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    proxy = await startHaproxy((port) =>
      read('deploy/haproxy.cfg')
        .replace('bind :8080', `bind 127.0.0.1:${port}`)
        .replaceAll(/latchkey-\d:8787/g, new URL(running.url).host),
    );
  });
  afterAll(async () => {
    await proxy?.dispose();
    await running?.close(0);
    await service?.close();
  });

  it('sends requests on with the address of the caller, whatever the caller forwards, and shows no metrics', async () => {
    const { token } = await service.issue({ ipRules: [CALLER] });
    const { token: elsewhere } = await service.issue({ ipRules: ['203.0.113.9'] });
    const ask = async (bearer: string) =>
      (
        await send(proxy.port, {
          target: '/v1/forward-auth',
          headers: ['X-Forwarded-For', '203.0.113.9', 'Authorization', `Bearer ${bearer}`],
        })
      ).status;
    expect([await ask(token), await ask(elsewhere)]).toEqual([200, 403]);
    expect((await send(proxy.port, { target: '/metrics' })).status).toBe(404);
  });
});

describe.runIf(hasCommands('systemd-analyze'))('deploy/latchkey.service', () => {
  it('is accepted by systemd, by itself and with the additions of docs/guides/production.md', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-unit-'));
    // systemd checks that the program exists, and here Node may be elsewhere.
    const unit = read('deploy/latchkey.service').replace('/usr/bin/node ', `${process.execPath} `);
    writeFileSync(join(folder, 'latchkey.service'), unit);
    const verify = () => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, 'latchkey.service')], {
        encoding: 'utf8',
      });
      return [status, stdout + stderr];
    };
    expect(verify()).toEqual([0, '']);
    mkdirSync(join(folder, 'latchkey.service.d'));
    writeFileSync(join(folder, 'latchkey.service.d/override.conf'), blockOf('docs/guides/production.md', 'drop-in'));
    expect(verify()).toEqual([0, '']);
    writeFileSync(join(folder, 'latchkey.service.d/override.conf'), '[Service]\nLoadCredentials=wrong\n');
    expect(verify()[1]).toContain('LoadCredentials');
    rmSync(folder, { recursive: true });
  });
});
