/** Derives the options of a command from the fields of its call, and the input of the call from the options. */
import type { Command } from 'commander';
import { aboutOf, checkInput, unwrapped, type Call, type Part } from 'latchkey/internal';
import { collect, fields, jsonObject, LIMIT_FORM, limits, refill, REFILL_FORM, signedNumber, tokenFile, wholeNumber } from './inputs.js';

interface InputOption {
  /** The fields that lead to it, such as `credits`, `refill`. */
  readonly path: readonly string[];
  /** With its dashes: `--bound-owner`. */
  readonly flag: string;
  /** The attribute under which commander keeps the value: `boundOwner`. */
  readonly attribute: string;
  readonly part: Part;
  readonly isRequired: boolean;
}

/** Adds an option for each field of the call that has one. */
export function withInput(command: Command, call: Call): Command {
  for (const { flag, part, isRequired } of optionsOf(call)) {
    const { value, help = '' } = aboutOf(part).option ?? {};
    const flags = value === undefined ? flag : `${flag} <${value}>`;
    const { parse, form } = parserOf(part);
    const text = form === undefined ? help : `${help}, as ${form}`;
    // Not one that commander requires: it would be told of before an option that is misspelt.
    command.option(flags, isRequired ? `${text} (required)` : text, parse);
  }
  return command;
}

/**
 * Returns the input that the options of a command line make; fields that nobody named are left out. Throws an InvalidInputError for
 * what no service would take.
 */
export function inputOf(given: object, call: Call): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const { path, attribute } of optionsOf(call)) {
    const value = (given as Readonly<Record<string, unknown>>)[attribute];
    if (value === undefined) continue;
    let place = input;
    for (const field of path.slice(0, -1)) place = (place[field] ??= {}) as Record<string, unknown>;
    place[path.at(-1) ?? ''] = value;
  }
  if (call.input !== undefined) checkInput(call.input, input);
  return input;
}

/** Returns the option by which a field is given, as it is typed, or the options for its parts; null where none leads to the pointer. */
export function optionAt(pointer: string, call: Call): string | null {
  const fields = pointer.split('/').slice(1);
  const leads = (path: readonly string[], to: readonly string[]): boolean => path.every((field, index) => to[index] === field);
  const options = optionsOf(call);
  const own = options.find(({ path }) => leads(path, fields));
  const parts = options.filter(({ path }) => leads(fields, path)).map(({ flag }) => flag);
  return own?.flag ?? (parts.length === 0 ? null : parts.join(', '));
}

function optionsOf({ input }: Call): readonly InputOption[] {
  return input === undefined ? [] : optionsIn(input as Part, []);
}

function optionsIn({ entries = {} }: Part, above: readonly string[]): readonly InputOption[] {
  return Object.entries(entries).flatMap(([field, part]) => {
    const path = [...above, field];
    const { option } = aboutOf(part);
    if (option === undefined) return optionsIn(unwrapped(part), path);
    const name = option.name ?? field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const isRequired = part.wrapped === undefined && above.length === 0;
    return [{ path, flag: `--${name}`, attribute: camelCase(name), part, isRequired }];
  });
}

interface Parser {
  readonly parse: (value: string, earlier: unknown) => unknown;
  /** What the value looks like, for help. */
  readonly form?: string;
}

function parserOf(part: Part): Parser {
  const shape = unwrapped(part);
  const { json, name } = aboutOf(shape);
  if (shape.type === 'array') {
    const isOfLimits = aboutOf(shape.item ?? {}).name === 'LimitInput';
    return isOfLimits
      ? { parse: limits as Parser['parse'], form: `${LIMIT_FORM}; may be repeated` }
      : { parse: collect as Parser['parse'] };
  }
  if (name === 'ChosenToken') return { parse: tokenFile };
  if (name === 'MetadataFilter') return { parse: fields as Parser['parse'] };
  if (name === 'RefillInput') return { parse: refill, form: REFILL_FORM };
  if (shape.type === 'number') return { parse: Number(json?.['minimum']) < 0 ? signedNumber : wholeNumber };
  if (json?.['type'] === 'object') return { parse: jsonObject };
  return { parse: (value) => value };
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
