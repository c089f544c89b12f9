/** The configuration of a command that runs on the spot, from the process's variables and the command's flags. */
import { ConfigurationError } from 'latchkey';
import { Option, type Command } from 'commander';
import { defaultText, flagOf, readConfig, settingList, type Config, type ConfigReading } from '../config/index.js';
import type { Terminal } from './terminal.js';

/** Gives a command `--config` and one flag for each setting that has one. */
export function withSettings(command: Command): Command {
  command.option('--config <path>', 'a JSON file of settings (else LATCHKEY_CONFIG)');
  for (const setting of settingList()) {
    const flag = flagOf(setting.field);
    if (flag === null) continue;
    const { placeholder } = setting.kind;
    const fallback = defaultText(setting);
    const sources = [setting.variable, ...(fallback === null ? [] : [fallback])].map((source) => `else ${source}`).join(', ');
    const description = `${setting.description.replaceAll('`', '')} (${sources})`;
    command.addOption(new Option(placeholder === null ? flag : `${flag} ${placeholder}`, description));
  }
  return command;
}

export function readSources(terminal: Terminal, { config, ...flags }: SettingFlags): ConfigReading {
  return readConfig({ variables: terminal.variables, flags, configFlag: config, readText: (path) => terminal.readText(path) });
}

/** Says what is probably not meant; throws a ConfigurationError that lists every problem. */
export function loadConfig(terminal: Terminal, flags: SettingFlags): Config {
  const { config, problems, warnings } = readSources(terminal, flags);
  for (const warning of warnings) terminal.note(`warning: ${warning}`);
  if (config === null) throw new ConfigurationError(problems);
  return config;
}

export interface SettingFlags {
  readonly config?: string | undefined;
  readonly [flag: string]: unknown;
}
