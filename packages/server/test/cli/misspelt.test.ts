/** An option that does not exist is refused by name, for every option of every command. */
import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/cli/admin-command.js';
import { createProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

const said: string[] = [];
const silent = { note: (text: string) => void said.push(text), print: () => undefined } as unknown as Terminal;

interface Found {
  readonly path: readonly string[];
  readonly flag: string;
}

describe('command line', () => {
  const options = optionsOf(createProgram(silent, '0.0.0'), []);

  it.each(options.map(({ path, flag }) => [`latchkey ${path.join(' ')} ${flag}`, path, flag] as const))(
    '%s: an option with one letter less is refused by name',
    async (_title, path, flag) => {
      said.length = 0;
      const misspelt = options.some((other) => other.path === path && other.flag === flag.slice(0, -1)) ? `${flag}x` : flag.slice(0, -1);
      const program = createProgram(silent, '0.0.0');
      const error: unknown = await program.parseAsync([...path, misspelt], { from: 'user' }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CommanderError);
      expect((error as CommanderError).code).toBe('commander.unknownOption');
      expect(said.join('\n')).toContain(`unknown option '${misspelt}'`);
    },
  );
});

describe('a variable of the commands that administer', () => {
  const NAMES = ['LATCHKEY_URL', 'LATCHKEY_ADMIN_KEY', 'LATCHKEY_TOKEN'];

  it.each(NAMES)('%s: misspelt by one letter it is refused by name, and no other service is asked', (name) => {
    const slip = `${name.slice(0, -2)}${name.slice(-1)}`;
    const terminal = { variables: { ADMIN_API_KEY: 'x', [slip]: 'y' } } as unknown as Terminal;
    expect(() => connect(terminal, {})).toThrow(`${slip}: No such variable; did you mean "${name}"?`);
  });

  it('a variable of somebody else is left alone', () => {
    const terminal = { variables: { ADMIN_API_KEY: 'x', LATCHKEY_BACKUP_BUCKET: 'y', LATCHKEY_PREFX: 'z' } } as unknown as Terminal;
    expect(() => connect(terminal, {})).not.toThrow();
  });
});

function optionsOf(command: Command, path: readonly string[]): readonly Found[] {
  const own = command.options.flatMap(({ long }) => (long == null || long === '--version' ? [] : [{ path, flag: long }]));
  return [...own, ...command.commands.flatMap((sub) => optionsOf(sub, [...path, sub.name()]))];
}
