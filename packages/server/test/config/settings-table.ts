import { defaultText, flagOf, settingList, type Setting } from '../../src/config/settings.js';

/**
 * The settings as the Markdown table of docs/guides/configuration.md, one line each: what the test of that page compares.
 */
export function settingsTable(): readonly string[] {
  const rows = settingList().map((setting) => [
    code(setting.variable),
    code(flagOf(setting.field)),
    setting.secret === true ? '–' : code(setting.field),
    defaultOf(setting),
    `${setting.description.replaceAll('|', '\\|')}.`,
  ]);
  const header = ['variable', 'flag of `serve`', 'field of the file', 'default', 'what it does'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function code(text: string | null): string {
  return text === null ? '–' : `\`${text}\``;
}

function defaultOf(setting: Setting): string {
  return code(defaultText(setting));
}
