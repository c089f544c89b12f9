/** Real reverse proxies before a service, each on a port of its own, with a configuration that the test writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { spawnService } from './service-process.js';
import { untilListening } from './until-listening.js';

export interface RunningProxy {
  readonly port: number;
  dispose(): Promise<void>;
}

/** Starts nginx. `sites` writes the content of its block `http`, given the port to listen on. */
export async function startNginx(sites: (port: number) => string): Promise<RunningProxy> {
  return start('nginx.conf', (port, folder) => {
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
    const text = `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${places} ${sites(port)} }`;
    return { text, command: (file) => ['env', `PATH=${process.env['PATH']}:/usr/sbin`, 'nginx', '-e', 'stderr', '-p', folder, '-c', file] };
  });
}

/** Starts Caddy. `sites` writes the blocks of its Caddyfile after the global options, given the port to listen on. */
export async function startCaddy(sites: (port: number) => string): Promise<RunningProxy> {
  return start('Caddyfile', (port, folder) => ({
    text: `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}\n${sites(port)}\n`,
    command: (file) => ['env', `HOME=${folder}`, 'caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
  }));
}

/** Starts HAProxy. `configure` writes its configuration, given the port to listen on and the folder with the other `files`. */
export async function startHaproxy(
  configure: (port: number, folder: string) => string,
  files: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  return start('haproxy.cfg', (port, folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return {
      text: configure(port, folder),
      command: (file) => ['env', `PATH=${process.env['PATH']}:/usr/sbin`, 'haproxy', '-db', '-f', file],
    };
  });
}

interface Configured {
  readonly text: string;
  readonly command: (file: string) => readonly [string, ...string[]];
}

async function start(name: string, configure: (port: number, folder: string) => Configured): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-proxy-'));
  const port = await freePort();
  const { text, command } = configure(port, folder);
  const file = join(folder, name);
  writeFileSync(file, text);
  const child = spawnService(null, command(file));
  async function dispose(): Promise<void> {
    await child.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await untilListening(child, port, name);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { port, dispose };
}
