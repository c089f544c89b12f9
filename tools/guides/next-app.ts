/** A real application of Next.js in a folder of its own: installed by npm, built and served by Next itself. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environment } from '../../packages/server/test/cli/command.js';
import { pack } from '../packed.js';
import { freePort } from '../services/free-port.js';
import { spawnService } from '../services/service-process.js';
import { untilListening } from '../services/until-listening.js';

export interface NextApp {
  readonly folder: string;
  /** The command of Next.js, as a line of a shell. */
  readonly command: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Removes what was written, built and stored; leaves what is installed. */
  clear(): void;
  /** Builds the application. Throws what Next printed where it fails. */
  build(...options: readonly string[]): void;
  /** Runs a program of the application; returns what it prints. */
  run(file: string): string;
  /** Serves what was built, until `body` is done. */
  served(variables: Readonly<Record<string, string>>, body: Served): Promise<void>;
  /** Serves what was built as `standalone` from another folder, while that of the application is not there. */
  servedElsewhere(body: Served): Promise<void>;
  remove(): void;
}

/** `printed` returns what the server has written so far. */
export type Served = (url: string, printed: () => string) => Promise<void>;

/** Exact, so that a release of Next.js cannot turn a night red. */
const VERSIONS: Readonly<Record<14 | 16, Readonly<Record<string, string>>>> = {
  14: { next: '14.2.35', react: '18.3.1', 'react-dom': '18.3.1', '@types/react': '18.3.32' },
  16: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.3' },
};

const LAYOUT = `export default function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;

interface Serving {
  readonly variables: Readonly<Record<string, string>>;
  readonly body: Served;
  readonly args: (port: string) => readonly string[];
}

/** As create-next-app writes it, in short; Next adds the rest. */
const TYPESCRIPT = { compilerOptions: { strict: true, module: 'esnext', moduleResolution: 'bundler' } };

/** Takes a minute: npm really installs. */
export function installNext(major: 14 | 16, packages: Readonly<Record<string, string>>): NextApp {
  const root = mkdtempSync(join(tmpdir(), `latchkey-next-${String(major)}-`));
  const folder = join(root, 'app');
  mkdirSync(folder);
  const [library] = pack(root, ['latchkey']);
  const dependencies = {
    ...VERSIONS[major],
    typescript: '5.9.3',
    '@types/node': '20.19.43',
    latchkey: `file:${library?.tarball ?? ''}`,
    ...packages,
  };
  const kept = ['package.json', 'node_modules'];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'], {
    cwd: folder,
    stdio: 'pipe',
  });
  const next = join(folder, 'node_modules/next/dist/bin/next');
  const env = environment({ NEXT_TELEMETRY_DISABLED: '1', CI: '1', NO_COLOR: '1' });
  const node = (args: readonly string[]): string => {
    try {
      return execFileSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
    }
  };
  const serve = async (at: string, { variables, body, args }: Serving): Promise<void> => {
    const port = await freePort();
    const settings = Object.entries({ ...env, ...variables, PORT: String(port) }).map((pair) => pair.join('='));
    const server = spawnService(null, ['env', '-C', at, ...settings, process.execPath, ...args(String(port))]);
    try {
      await untilListening(server, port, 'Next.js');
      await body(`http://127.0.0.1:${String(port)}`, () => server.output());
    } finally {
      await server.end('SIGTERM');
    }
  };
  return {
    folder,
    command: `NEXT_TELEMETRY_DISABLED=1 exec '${process.execPath}' '${next}'`,
    write(files) {
      for (const [file, text] of Object.entries({ 'tsconfig.json': JSON.stringify(TYPESCRIPT), 'app/layout.tsx': LAYOUT, ...files })) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
    },
    clear() {
      for (const name of readdirSync(folder)) if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true });
    },
    build: (...options) => void node([next, 'build', ...options]),
    run: (file) => node([file]).trim(),
    served: async (variables, body) => serve(folder, { variables, body, args: (port) => [next, 'start', '-p', port, '-H', '127.0.0.1'] }),
    async servedElsewhere(body) {
      const [elsewhere, away] = [join(root, 'elsewhere'), join(root, 'away')];
      renameSync(join(folder, '.next/standalone'), elsewhere);
      renameSync(folder, away);
      try {
        await serve(elsewhere, { variables: { HOSTNAME: '127.0.0.1' }, body, args: () => ['server.js'] });
      } finally {
        renameSync(away, folder);
        rmSync(elsewhere, { recursive: true });
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
