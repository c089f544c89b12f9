/**
 * One row of the tables of settings, and the names that follow from it.
 *
 * A row says once what a setting takes, its default and what it does. Its types, its reading at every entry point, the flags and
 * variables of the service and the reference follow.
 */
import type { Kind } from './setting-kinds.js';

export interface Setting {
  readonly kind: Kind<unknown>;
  /** The default; null where leaving a setting out has a meaning of its own. */
  readonly fallback: unknown;
  /** One sentence without a full stop at its end. It says what null stands for. */
  readonly description: string;
  /** More sentences, for the reference and for editors. */
  readonly details?: string;
  /** The environment variable, where it is not `LATCHKEY_` and the name in upper case; null for a setting without variable and flag. */
  readonly variable?: string | null;
  /**
   * `value`: only a variable or a file of its own gives it, because other users see flags, and the configuration file gets committed.
   * `password`: so does a URL with a password in it.
   */
  readonly secret?: 'value' | 'password';
  /** The content of the file that the variable `…_FILE` names, such as "the admin key"; absent if no such variable exists. */
  readonly file?: string;
}

/** Settings by name, in the order in which help and reference show them. */
export type SettingRows = Readonly<Record<string, Setting>>;

export type SettingValue<Row> = Row extends { kind: Kind<infer Value>; fallback: infer Fallback }
  ? Value | (null extends Fallback ? null : never)
  : never;

/** The values of a table's settings after parsing. */
export type SettingValues<Rows> = { readonly [Field in keyof Rows]: SettingValue<Rows[Field]> };

/** Returns the environment variable of a setting; null where it has none. */
export function variableOf(field: string, { variable }: Setting): string | null {
  if (variable !== undefined) return variable;
  return `LATCHKEY_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Returns the flag of `latchkey serve` for a setting; null where it has none. */
export function flagOf(field: string, setting: Setting): string | null {
  if (setting.secret === 'value' || variableOf(field, setting) === null) return null;
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Returns the default as somebody would write it; null where there is none. */
export function defaultText({ fallback }: Setting): string | null {
  if (Array.isArray(fallback)) return fallback.length === 0 ? null : fallback.join(',');
  if (typeof fallback === 'boolean' || typeof fallback === 'number') return String(fallback);
  return typeof fallback === 'string' ? fallback : null;
}
