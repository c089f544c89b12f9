/** The kinds of values that settings take, from code and JSON as values, and from variables and flags as text. */

import { DURATION_FORMAT, parseDuration } from '../../domain/time.js';

/** Notes what would be right: to follow the name of the setting and a colon, and never the value that was given. */
export type Refuse = (remedy: string, at?: string) => undefined;

export interface Kind<Value> {
  /** Returns the value; undefined, and at least one note, where it cannot be used. `at` of a note is a place within it, such as `[0].id`. */
  read(value: unknown, refuse: Refuse): Value | undefined;
  /** Returns the value that a text stands for, for `read` to check; undefined after a note where no value looks like that. */
  fromText(text: string, refuse: Refuse): unknown;
  /** The noun of the reference, such as `text`, or `whole number from 1 to 10`. */
  readonly noun: string;
  /** How the help names the value of a flag; null for a flag without a value. */
  readonly placeholder: string | null;
  /** The least and the greatest number, where it is one. */
  readonly bounds?: { readonly min: number; readonly max: number };
}

export function integer(min: number, max: number): Kind<number> {
  const noun = `whole number from ${min} to ${max}`;
  return {
    noun,
    placeholder: '<number>',
    bounds: { min, max },
    fromText: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text),
    read(value, refuse) {
      const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
      return fits ? value : refuse(`use a ${noun}`);
    },
  };
}

/** A duration longer than zero, kept as it was given: `parseDuration` returns its milliseconds. */
export const duration: Kind<string | number> = {
  noun: 'duration',
  placeholder: '<duration>',
  fromText: (text) => text,
  read(value, refuse) {
    const fits = (typeof value === 'string' || typeof value === 'number') && (parseDuration(value) ?? 0) > 0;
    return fits ? value : refuse(`use ${DURATION_FORMAT}`);
  },
};

export const flag: Kind<boolean> = {
  noun: 'true or false',
  placeholder: null,
  fromText: (text) => (text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text),
  read: (value, refuse) => (typeof value === 'boolean' ? value : refuse('use true or false')),
};

export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    noun: `one of ${words.join(', ')}`,
    placeholder: `<${words.join('|')}>`,
    fromText: (text) => text,
    read: (value, refuse) => words.find((word) => word === value) ?? refuse(`use one of ${words.join(', ')}`),
  };
}

interface TextForm {
  /** By default any text can be used. */
  readonly accepts?: RegExp | ((value: string) => boolean);
  readonly noun?: string;
  readonly placeholder?: string;
}

export function text(remedy: string, { accepts = /^/, noun = 'text', placeholder = '<text>' }: TextForm = {}): Kind<string> {
  const fits = typeof accepts === 'function' ? accepts : (value: string) => accepts.test(value);
  return {
    noun,
    placeholder,
    fromText: (value) => value,
    read: (value, refuse) => (typeof value === 'string' && fits(value) ? value : refuse(remedy)),
  };
}

interface ListForm {
  /** Returns what to use instead of an unusable item, or null for a usable one. */
  readonly whyNot: (item: string) => string | null;
  /** The message for a value that is not a list of strings. */
  readonly remedy: string;
  /** The message for an empty list, if the list needs an item. */
  readonly ifEmpty?: string;
  /** True if the list may not repeat an item. */
  readonly distinct?: boolean;
}

/** A list of texts; as text, they are separated by commas. */
export function list({ whyNot, remedy, ifEmpty, distinct = false }: ListForm): Kind<readonly string[]> {
  return {
    noun: 'list',
    placeholder: '<a,b,…>',
    fromText: (value) => value.split(',').map((item) => item.trim()),
    read(value, refuse) {
      const items: unknown = value;
      if (!Array.isArray(items) || !items.every((item): item is string => typeof item === 'string')) return refuse(remedy);
      const wrong = items.map(whyNot).filter((problem) => problem !== null);
      for (const problem of wrong) refuse(problem);
      if (items.length === 0 && ifEmpty !== undefined) return refuse(ifEmpty);
      if (distinct && new Set(items).size !== items.length) return refuse('name each once');
      return wrong.length > 0 ? undefined : Object.freeze([...items]);
    },
  };
}
