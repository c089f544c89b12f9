/** Services that tests start as processes of their own, under a user that they accept, and that end with the tests. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface ServiceProcess {
  readonly pid: number;
  readonly exited: boolean;
  /** What it printed. */
  output(): string;
  /** Sends the signal, and resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Whom to run a service as that refuses root: null where we are not root. */
export function findUser(wanted: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of [wanted, 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((what) => spawnSync('id', [what, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(`There is neither a user ${wanted} nor nobody to run the service as.`);
}

export function asUser(user: SystemUser | null, command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return user === null ? command : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...command];
}

const DIES_WITH_PARENT = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

/** Starts it; it ends at the latest with this process, however that ends, where the system can do that. */
export function spawnService(user: SystemUser | null, command: readonly [string, ...string[]]): ServiceProcess {
  const [file, ...parameters] = asUser(user, DIES_WITH_PARENT ? ['setpriv', '--pdeathsig', 'QUIT', ...command] : command);
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-10_000)));
  let exited = false;
  const exit = once(child, 'exit').then(
    () => (exited = true),
    () => (exited = true),
  );
  return {
    pid: child.pid ?? 0,
    get exited() {
      return exited;
    },
    output: () => printed,
    async end(signal) {
      if (!exited) child.kill(signal);
      await exit;
    },
  };
}
