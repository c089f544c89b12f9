/** An option that does not exist is refused by name, for every option of every command. */
import { fileURLToPath } from 'node:url';
import { CommanderError, type Command, type Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/cli/admin-command.js';
import { collect, fields, limits } from '../../src/cli/inputs.js';
import { createProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

const said: string[] = [];
const silent = { note: (text: string) => void said.push(text), print: () => undefined } as unknown as Terminal;

interface Found {
  readonly path: readonly string[];
  readonly flag: string;
  readonly takes: 'none' | 'one' | 'many';
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

describe('command line: options that take one value', () => {
  const single = optionsOf(createProgram(silent, '0.0.0'), []).filter(({ takes }) => takes === 'one');

  it.each(single.map(({ path, flag }) => [`latchkey ${path.join(' ')} ${flag}`, path, flag] as const))(
    '%s: is refused where it is given twice',
    async (_title, path, flag) => {
      const codes: string[] = [];
      for (const value of VALUES) {
        const program = createProgram(silent, '0.0.0');
        const error: unknown = await program
          .parseAsync([...path, flag, value, flag, value], { from: 'user' })
          .catch((reason: unknown) => reason);
        codes.push((error as CommanderError).code);
      }
      expect(codes).toContain('latchkey.repeatedOption');
    },
  );

  it('are most of them, and those that may be repeated are known', () => {
    const repeatable = optionsOf(createProgram(silent, '0.0.0'), []).filter(({ takes }) => takes === 'many');
    expect(new Set(repeatable.map(({ flag }) => flag))).toEqual(
      new Set([
        '--scope',
        '--any-scope',
        '--ip',
        '--tag',
        '--limit',
        '--metadata',
        '--clear',
        '--bound-environment',
        '--bound-owner',
        '--bound-tier',
        '--bound-grant',
      ]),
    );
    expect(single.length).toBeGreaterThan(100);
  });
});

/** Some option takes each of these. */
const VALUES = ['1', '{}', 'a=1/1d', '1000/1d', `1:${'a'.repeat(64)}`, fileURLToPath(import.meta.url)];

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
  const own = command.options.flatMap((option) => {
    const { long } = option;
    return long == null || long === '--version' ? [] : [{ path, flag: long, takes: takesOf(option) }];
  });
  return [...own, ...command.commands.flatMap((sub) => optionsOf(sub, [...path, sub.name()]))];
}

function takesOf({ required, optional, parseArg }: Option): Found['takes'] {
  if (!required && !optional) return 'none';
  return [collect, limits, fields].includes(parseArg as never) ? 'many' : 'one';
}
