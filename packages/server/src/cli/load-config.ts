/** The configuration of a command that works on the spot, from the process's variables and the command's flags. */
import { ConfigurationError } from 'latchkey';
import { readConfig, type Config, type ConfigReading } from '../config/index.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';

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
