// @ts-check
/**
 * Writes what follows from the tables of settings: the reference page, and the types of the options of `createLatchkey` with the
 * text for each that editors show (they show none for a type that is computed from the table). Needs a build; a test compares both.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * @typedef {import('../../packages/latchkey/src/contract/settings/setting.js').Setting} Setting
 * @typedef {Readonly<Record<string, Setting>>} Rows
 * @typedef {{ readonly title: string, readonly about: string, readonly rows: Rows }} Group
 * @typedef {Pick<typeof import('../../packages/latchkey/src/contract/settings/setting.js'), 'variableOf' | 'flagOf' | 'defaultText'>} Names
 */

export const INPUTS_PATH = 'packages/latchkey/src/contract/settings/setting-inputs.ts';
export const PAGE_PATH = 'docs/reference/settings.md';

const COMMENT_WIDTH = 100;

/**
 * Returns the interface of the options that the library takes.
 *
 * @param {Rows} rows
 * @param {Names} names
 * @returns {string}
 */
export function settingInputs(rows, { defaultText }) {
  const fields = Object.entries(rows).map(([field, row]) => {
    const fallback = row.fallback === null ? null : `default: ${code(defaultText(row)) ?? 'none'}`;
    const facts = [row.kind.bounds === undefined ? null : row.kind.noun, fallback].filter((fact) => fact !== null).join('; ');
    return `${docComment(`${sentences(row)} ${facts === '' ? '' : `${capital(facts)}.`}`.trim(), '  ')}\n  readonly ${field}?: SettingInput<N, '${field}'> | undefined;`;
  });
  return `/** The settings as options. Written by tools/reference/settings.js from settings.ts: change that file. */
import type { Names } from '../../domain/names.js';
import type { SettingInput } from './settings.js';

/** Settings that a program gives, each of which it may leave out. */
export interface SettingsInput<N extends Names = Names> {
${fields.join('\n')}
}
`;
}

/**
 * Returns the reference page.
 *
 * @param {readonly Group[]} groups
 * @param {Names} names
 * @returns {string}
 */
export function settingsPage(groups, names) {
  return `${[INTRODUCTION, ...groups.map((group) => section(group, names))].join('\n\n')}\n`;
}

const INTRODUCTION = `# Settings

Flags of \`latchkey serve\` go before environment variables, variables before the configuration file, and the file before the
default. [Configuration](../guides/configuration.md) tells how to use them. This page is generated from the tables of settings.`;

/**
 * @param {Group} group
 * @param {Names} names
 */
function section({ title, about, rows }, { variableOf, flagOf, defaultText }) {
  const settings = Object.entries(rows);
  const cells = settings.map(([field, row]) => [
    code(variableOf(field, row)) ?? '–',
    code(flagOf(field, row)) ?? '–',
    row.secret === 'value' ? '–' : code(field),
    row.kind.noun,
    code(defaultText(row)) ?? '–',
  ]);
  const texts = settings.map(([field, row]) => `- ${code(variableOf(field, row) ?? field)}: ${sentences(row)}`);
  return [`## ${title}`, about, table(['variable', 'flag', 'field of the file', 'value', 'default'], cells), texts.join('\n')].join('\n\n');
}

/** @param {Setting} row */
function sentences({ description, details }) {
  return details === undefined ? `${description}.` : `${description}. ${details}`;
}

/**
 * @template {string | null} Text
 * @param {Text} text
 * @returns {Text}
 */
function code(text) {
  return /** @type {Text} */ (text === null ? null : `\`${text}\``);
}

/** @param {string} text */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows
 */
function table(header, rows) {
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((name, column) => Math.max(name.length, ...escaped.map((cells) => cells[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...escaped.map(line)].join('\n');
}

/**
 * @param {string} text
 * @param {string} indent
 */
function docComment(text, indent) {
  if (indent.length + text.length + 7 <= COMMENT_WIDTH) return `${indent}/** ${text} */`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (indent.length + 3 + last.length + 1 + word.length > COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return [`${indent}/**`, ...lines.map((each) => `${indent} * ${each}`), `${indent} */`].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = await import('../../packages/latchkey/dist/contract/settings/setting.js');
  const { LIBRARY_SETTINGS } = await import('../../packages/latchkey/dist/contract/settings/settings.js');
  const { SETTING_GROUPS } = await import('../../packages/server/dist/config/settings.js');
  const write = (/** @type {string} */ path, /** @type {string} */ text) =>
    writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
  write(INPUTS_PATH, settingInputs(LIBRARY_SETTINGS, names));
  write(PAGE_PATH, settingsPage(SETTING_GROUPS, names));
}
