/** The settings as flags of a command that works on the spot. */
import { Option, type Command } from 'commander';
import { defaultText, flagOf, variableOf, type Setting } from 'latchkey/internal';
import { SETTINGS } from '../config/settings.js';

export interface SettingFlags {
  readonly config?: string | undefined;
  readonly [flag: string]: unknown;
}

/** Gives a command `--config` and one flag for each setting that has one. */
export function withSettings(command: Command): Command {
  command.option('--config <path>', 'a JSON file of settings (else LATCHKEY_CONFIG)');
  for (const [field, setting] of Object.entries<Setting>(SETTINGS)) {
    const flag = flagOf(field, setting);
    if (flag === null) continue;
    const { placeholder } = setting.kind;
    const fallback = defaultText(setting);
    const sources = [variableOf(field, setting), ...(fallback === null ? [] : [fallback])].map((source) => `else ${source}`).join(', ');
    const description = `${setting.description.replaceAll('`', '')} (${sources})`;
    command.addOption(new Option(placeholder === null ? flag : `${flag} ${placeholder}`, description));
  }
  return command;
}
