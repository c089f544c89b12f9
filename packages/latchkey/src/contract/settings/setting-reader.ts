/** Reads settings by the rows of a table: from options in code, and from the sources of the service. */
import { optionProblems } from '../../domain/unknown-options.js';
import type { Setting, SettingRows, SettingValues } from './setting.js';

/** What somebody gave for a setting, and how they call it. */
export interface GivenSetting {
  /** An option, a variable, a flag, or a field of a file. */
  readonly name: string;
  /** Where that name stands, to follow it in a message, such as ` (in the file)`. */
  readonly where?: string;
  readonly value: unknown;
  /** True if a string represents the value, as in a variable: then `5` is a number. */
  readonly fromText?: boolean;
  /** The remedy, if the value must not come from this source; then the reader skips it. */
  readonly remedy?: string;
}

/** For rules about several settings: how a person calls each, and which were refused and have their default in place of a value. */
export interface SettingNames {
  nameOf(field: string): string;
  isRefused(field: string): boolean;
}

export interface SettingReading<Rows> extends SettingNames {
  /** Every setting: its default where none was given, and after a problem. */
  readonly values: SettingValues<Rows>;
  /** Each names the setting as the person did and says what to do. None repeats a value. */
  readonly problems: readonly string[];
}

/** Reads a table. `locate` returns what was given for a setting. Undefined is not given, and so is null where it is the default. */
export function readRows<Rows extends SettingRows>(
  rows: Rows,
  locate: (field: string, row: Setting) => GivenSetting,
): SettingReading<Rows> {
  const names = new Map<string, string>();
  const refused = new Map<string, readonly string[]>();
  const values: Record<string, unknown> = {};
  for (const [field, row] of Object.entries(rows)) {
    const given = locate(field, row);
    const problems: string[] = [];
    names.set(field, `${given.name}${given.where ?? ''}`);
    values[field] = readGiven(row, given, problems) ?? defaultOf(row);
    if (problems.length > 0) refused.set(field, problems);
  }
  return {
    values: values as SettingValues<Rows>,
    problems: [...new Set([...refused.values()].flat())],
    nameOf: (field) => names.get(field) ?? field,
    isRefused: (field) => refused.has(field),
  };
}

/** Reads a table from options. An option that neither `rows` nor `others` has is a problem; no object throws. */
export function readOptions<Rows extends SettingRows>(rows: Rows, options: object, others: object = {}): SettingReading<Rows> {
  const unknown = optionProblems(options, { ...rows, ...others });
  const given = options as Readonly<Record<string, unknown>>;
  const reading = readRows(rows, (field) => ({ name: field, value: given[field] }));
  return { ...reading, problems: [...unknown, ...reading.problems] };
}

/** Returns the default of a setting, which no user of the value can change. */
function defaultOf({ fallback }: Setting): unknown {
  return Array.isArray(fallback) ? Object.freeze([...(fallback as readonly unknown[])]) : fallback;
}

function readGiven({ kind, fallback }: Setting, given: GivenSetting, problems: string[]): unknown {
  const { name, where = '', value: raw, fromText = false, remedy: instead } = given;
  const refuse = (remedy: string, at = ''): undefined => {
    problems.push(`${name}${at}${where}: ${remedy}${/[.?!]$/.test(remedy) ? '' : '.'}`);
  };
  if (instead !== undefined) return refuse(instead);
  if (raw === undefined || (raw === null && fallback === null)) return undefined;
  const value = fromText && typeof raw === 'string' ? kind.fromText(raw, refuse) : raw;
  return problems.length > 0 ? undefined : kind.read(value, refuse);
}
