import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/cli/exit-codes.js';
import { createProgram } from '../../src/cli/program.js';
import { processTerminal } from '../../src/cli/terminal.js';
import { run } from './command.js';

const guide = readFileSync(new URL('../../../../docs/guides/cli.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, without what a formatter pads. */
function rows(heading: string): string[][] {
  const section = guide.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function commandNames(command: Command, prefix = ''): string[] {
  return command.commands.flatMap((child) => {
    const name = `${prefix}${child.name()}`;
    // A group has no options; "events" is a command and a group.
    return [...(child.commands.length === 0 || child.options.length > 0 ? [name] : []), ...commandNames(child, `${name} `)];
  });
}

describe('docs/guides/cli.md', () => {
  it('lists the commands that there are, and no other', () => {
    const program = createProgram(processTerminal(process), '0.0.0');
    expect(rows('Commands').map(([name]) => name)).toEqual(commandNames(program).map((name) => `\`${name}\``));
  });

  it('lists the exit codes as the code and the help have them', async () => {
    const expected = Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_MEANINGS[name as keyof typeof EXIT]]);
    expect(rows('Exit codes')).toEqual(expected);
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const [code, meaning] of expected) expect(help.stdout).toContain(`  ${String(code).padEnd(3)} ${meaning}`);
  });

  it('every command has help, on stdout, with exit code 0', async () => {
    for (const name of commandNames(createProgram(processTerminal(process), '0.0.0'))) {
      const { code, stdout } = await run([...name.split(' '), '--help']);
      expect([code, stdout.startsWith(`Usage: latchkey ${name} `)], name).toEqual([0, true]);
    }
  });
});
