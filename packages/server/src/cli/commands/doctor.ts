import type { Command } from 'commander';
import { attempt, jsonCommand } from '../admin-command.js';
import type { Finding } from '../doctor/finding.js';
import { EXIT } from '../exit-codes.js';
import { plainText } from '../plain-text.js';
import { withSettings, type SettingFlags } from '../setting-flags.js';
import type { Terminal } from '../terminal.js';

interface DoctorOptions extends SettingFlags {
  readonly json?: boolean;
  readonly deep?: boolean;
}

/** `latchkey doctor` */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  withSettings(
    jsonCommand(program, 'doctor', 'say what is wrong with configuration, database, limits, clock, files and service, and how to mend it'),
  )
    .option('--deep', 'read every row of the database file and look it up in every index; takes minutes for gigabytes')
    .addHelpText('after', '\nExit code 1 where something is wrong; warnings alone leave it 0. It changes nothing.')
    .action(async ({ json, deep = false, ...flags }: DoctorOptions) =>
      attempt(terminal, { json }, async () => {
        const { examine } = await import('../doctor/examine.js');
        const findings = await examine(terminal, flags, { deep });
        if (findings.some((finding) => finding.status === 'wrong')) terminal.finish(EXIT.refused);
        if (json === true) terminal.printJson({ findings });
        else terminal.print(findings.map((finding) => show(finding, terminal)).join(''));
      }),
    );
}

const SIGNS = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const;
const COLOURS = { ok: 32, warning: 33, wrong: 31 } as const;

function show({ part, status, detail, mend }: Finding, terminal: Terminal): string {
  const sign = terminal.colour ? `\u001b[${COLOURS[status]}m${SIGNS[status]}\u001b[0m` : SIGNS[status];
  const lines = detail.split('\n').map(plainText).join('\n          ');
  return `${sign} ${part}: ${lines}\n${mend === null ? '' : `        → ${plainText(mend)}\n`}`;
}
