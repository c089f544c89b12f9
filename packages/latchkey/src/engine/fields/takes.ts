/**
 * The shapes of what calls of the library are given, for callers without types: an error that says so, not a TypeError.
 *
 * engine/fields/ owns how arguments are read and how records are shown: options, views, pages, and what the audit log says of a key.
 */
import { type CallContext, LIBRARY_ACTOR } from '../../domain/actor.js';
import { InvalidInputError } from '../../domain/errors.js';
import { readIfMatch } from '../../domain/if-match.js';
import { isTellable, unknownName } from '../../domain/nearest-name.js';
import { parametersOf, type Address } from '../../contract/addresses.js';
import type { CallOptions, IfMatch, OwnCallContext } from '../../contract/call-options.js';

/** `text`: an id or a name. `any`: the call reads it by itself. A list: an object with these fields, or nothing. */
export type Shape = 'text' | 'any' | readonly string[];

/** The shapes of the arguments of each call of a group, the options aside. */
export type Shapes<Group> = { readonly [Name in keyof Group]: readonly Shape[] };

/** Returns the shapes of calls at these addresses: names in the path are text; a call reads its input by its shape in the contract. */
export function addressed(addresses: Readonly<Record<string, Address>>): Readonly<Record<string, readonly Shape[]>> {
  return Object.fromEntries(
    Object.entries(addresses).map(([name, { path, input }]) => [
      name,
      [...parametersOf(path).map((): Shape => 'text'), ...(input === undefined ? [] : ['any' as const])],
    ]),
  );
}

type Call = (...args: never[]) => Promise<unknown>;

/**
 * Returns the calls of `group` as users of the library make them. Each rejects with an InvalidInputError where an argument has not
 * the shape that is named, or an option after the last one does not exist.
 */
export function takesEach<Group extends { readonly [Name in keyof Group]: Call }>(
  group: Group,
  shapes: Shapes<Group>,
  contextOf: (options: unknown, name: string) => object = (options) => libraryContext(options),
): Group {
  const names = Object.keys(shapes) as (keyof Group)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]) => {
        const takes = shapes[name].length;
        shapes[name].forEach((shape, index) => assertShape(args[index], shape));
        const options: unknown = args[takes];
        if (options === undefined) return group[name](...args);
        return group[name](...args.slice(0, takes), contextOf(options, String(name)) as never);
      },
    ]),
  ) as Group;
}

const OWN_OPTIONS: Readonly<Record<keyof OwnCallContext, true>> = {
  address: true,
  requestId: true,
  session: true,
  idempotencyKey: true,
  wait: true,
  signal: true,
};

const OPTIONS: Readonly<Record<keyof CallOptions, true>> = { actor: true, ...OWN_OPTIONS };
const CONDITIONAL_OPTIONS: Readonly<Record<keyof CallOptions | keyof IfMatch, true>> = { ...OPTIONS, ifMatch: true };

/**
 * Returns the context of a call; without an actor, the library itself acts. Throws an InvalidInputError for an unknown option; only a
 * call that `isConditional` takes `ifMatch`.
 */
export function libraryContext(options: unknown, isConditional = false): CallContext & IfMatch {
  const { actor = LIBRARY_ACTOR, ...rest } = isConditional
    ? closed<CallOptions & IfMatch>(options, CONDITIONAL_OPTIONS)
    : (closed<CallOptions>(options, OPTIONS) as CallOptions & IfMatch);
  readIfMatch(rest.ifMatch);
  return { ...rest, actor };
}

/** Returns the context of a call that an owner makes. Throws an InvalidInputError for an unknown option. */
export function ownContext(options: unknown): OwnCallContext {
  return closed<OwnCallContext>(options, OWN_OPTIONS);
}

/** A misspelt option would otherwise ask for less than it says. */
function closed<Options extends object>(options: unknown, known: Readonly<Record<keyof Options, true>>): Options {
  assertObject(options);
  for (const name in options as object) {
    if (!Object.hasOwn(known, name)) {
      throw new InvalidInputError([
        {
          pointer: '',
          message: `Options: "${isTellable(name) ? name.slice(0, 40) : '…'}". ${unknownName('option', name, Object.keys(known))}`,
        },
      ]);
    }
  }
  return options as Options;
}

function assertShape(value: unknown, shape: Shape): void {
  if (shape === 'any') return;
  if (shape === 'text') {
    if (typeof value === 'string') return;
    throw new InvalidInputError([{ pointer: '', message: 'Use text for an id or a name.' }]);
  }
  if (value === undefined) return;
  assertObject(value);
  for (const name in value as object) {
    if (!shape.includes(name))
      throw new InvalidInputError([{ pointer: isTellable(name) ? `/${name}` : '', message: unknownName('field', name, shape) }]);
  }
}

/** Throws an InvalidInputError at `pointer` for what is no object. */
export function assertObject(value: unknown, pointer = ''): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidInputError([{ pointer, message: 'Use an object.' }]);
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
