/** Good runs of every command, and runs of each with a token in every place where none belongs. */
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { toIso } from 'latchkey/internal';
import { createProgram, runCommandLine } from '../../src/cli/program.js';
import { processTerminal } from '../../src/cli/terminal.js';
import type { RunOptions } from '../cli/command.js';
import type { Stage } from './canary-calls.js';
import type { CanaryService } from './canary-service.js';

export interface CanaryCommand {
  /** As it is typed: `keys create`. */
  readonly name: string;
  readonly args?: readonly string[];
  readonly options?: RunOptions & { readonly issues?: boolean };
}

/** The service itself is the good run of `serve`. */
export function goodCommands(service: CanaryService, { used, ended }: Stage): readonly CanaryCommand[] {
  const issues = { issues: true };
  const archivable = service.oldEntries[1];
  const exported = JSON.stringify({ ...archivable, at: toIso(archivable?.at ?? 0) });
  const once = ['--idempotency-key', service.secret('the UUID of a command')];
  const local = { variables: service.variables };
  return [
    { name: 'keys create', args: ['--name', 'from a command', '--owner', 'cli', ...once], options: issues },
    { name: 'keys create', args: ['--name', 'another', '--owner', 'cli', '--json'], options: issues },
    { name: 'keys rotate', args: [used.id, '--grace', '1h'], options: issues },
    { name: 'keys rotate', args: [used.id, '--grace', '1h', '--json'], options: issues },
    { name: 'keys list', args: ['--all'] },
    { name: 'keys show', args: [used.id, '--json'] },
    { name: 'keys verify', options: { input: used.token } },
    { name: 'keys verify', args: ['--dry-run', '--json'], options: { input: used.token } },
    { name: 'keys update', args: [used.id, '--metadata', '{"plan":"monthly"}'] },
    { name: 'keys disable', args: [used.id, '--reason', 'a pause'] },
    { name: 'keys enable', args: [used.id] },
    { name: 'keys revoke', args: [ended.id] },
    { name: 'keys revoke-where', args: ['--owner', 'nobody', '--expect', '0'] },
    { name: 'keys disable-where', args: ['--owner', 'nobody', '--dry-run'] },
    { name: 'keys extend-where', args: ['--owner', 'nobody', '--expires-in', '1d', '--dry-run'] },
    { name: 'owners list' },
    { name: 'owners show', args: ['team-7'] },
    { name: 'owners update', args: ['cli', '--max-keys', '9'] },
    { name: 'owners suspend', args: ['cli', '--reason', 'unpaid'] },
    { name: 'owners resume', args: ['cli'] },
    { name: 'owners revoke-all', args: ['cli', '--json'] },
    { name: 'tiers set', args: ['pro', '--limit', 'daily=9/1d'] },
    { name: 'tiers list' },
    { name: 'tiers show', args: ['pro'] },
    { name: 'tiers remove', args: ['pro'] },
    { name: 'cluster', args: [] },
    { name: 'events', args: ['--all'] },
    { name: 'events', args: ['--export'] },
    { name: 'events', args: ['--verify', '--database', 'file:./latchkey.db'] },
    { name: 'events archive', args: ['--before', String((archivable?.seq ?? 0) + 1), '--file', '-'], options: { input: exported } },
    { name: 'usage', args: ['--by', 'hour'] },
    { name: 'doctor', options: local },
    { name: 'migrate', args: ['--database', 'file:./migrated.db'], options: local },
  ];
}

/** Names of all commands but the groups. */
export function commandNames(): readonly string[] {
  return leaves().map(({ name }) => name);
}

/** Fields of free text: what an operator writes there is kept as it is. */
const FREE_TEXT = new Set(['--name', '--owner', '--reason', '--metadata', '--ip', '--resource']);

/** Runs each command, in this process, with a token as each of its options, as its argument, and as a name. */
export async function runBadCommands(service: CanaryService, { used, bystander }: Stage): Promise<void> {
  const { token } = used;
  const admin = { LATCHKEY_URL: service.url, LATCHKEY_ADMIN_KEY: service.adminKey };
  for (const { name, command } of leaves()) {
    const words = name.split(' ');
    const run = async (args: readonly string[], variables: Readonly<Record<string, string>> = admin) =>
      runInProcess(service, { name, args: [...words, ...args, ...harmless(name)], variables, input: token });
    const ids = command.registeredArguments.filter(({ required }) => required).map(() => used.id);
    const valued = command.options.filter(({ required, long }) => required && !FREE_TEXT.has(long ?? ''));
    for (const { long } of valued) await run([...ids, long ?? '', token]);
    for (const args of [
      [token],
      [token, token],
      [...ids, `--${token}`],
      [...ids, `--json=${token}`],
      [...ids, '--url', `http://${token}@127.0.0.1:1`],
    ]) {
      await run(args);
    }
    await run(ids, { ...admin, LATCHKEY_ADMIN_KEY: service.secret('a wrong admin key of a command') });
    await run(ids, { LATCHKEY_URL: service.url, LATCHKEY_TOKEN: bystander.token });
    await run(ids, { ...service.variables, LATCHKEY_URL: service.url, LATCHKEY_HOST: token, HOST: `${token} ${token}` });
  }
}

/** What keeps a command from doing more than to fail. */
function harmless(name: string): readonly string[] {
  return name === 'serve' ? ['--port', 'none'] : name === 'migrate' ? ['--config', 'none'] : [];
}

interface InProcess {
  readonly name: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly input: string;
}

/** As the process would: with its own terminal, whose streams are kept. */
async function runInProcess(service: CanaryService, { name, args, variables, input }: InProcess): Promise<void> {
  const said = { stdout: '', stderr: '' };
  const stream = (to: keyof typeof said) => ({ on: () => undefined, write: (text: string) => ((said[to] += text), true) });
  const process = { env: { ...variables }, stdin: Readable.from([input]), stdout: stream('stdout'), stderr: stream('stderr'), exitCode: 0 };
  await runCommandLine(args, processTerminal(process as unknown as NodeJS.Process), '0');
  const issued = name === 'keys create' || name === 'keys rotate' ? /\w+_[0-9A-Za-z]{49}/.exec(said.stdout)?.[0] : undefined;
  if (issued !== undefined) service.watchToken(`a token of ${name}`, issued);
  service.collect(`stdout of ${name}, used amiss`, issued === undefined ? said.stdout : said.stdout.replace(issued, ''));
  service.collect(`stderr of ${name}, used amiss`, said.stderr);
}

function leaves(): readonly { readonly name: string; readonly command: Command }[] {
  const walk = (command: Command, path: string): { name: string; command: Command }[] =>
    // A group has no options; "events" is a command and a group.
    [
      ...(command.commands.length === 0 || (path !== '' && command.options.length > 0) ? [{ name: path, command }] : []),
      ...command.commands.flatMap((one) => walk(one, `${path} ${one.name()}`.trim())),
    ];
  return walk(createProgram(processTerminal(process), '0'), '');
}
