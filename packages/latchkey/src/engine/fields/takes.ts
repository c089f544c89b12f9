/** The shapes of what calls of the library are given, for callers without types: an error that says so, not a TypeError. */
import { type CallContext, LIBRARY_ACTOR } from '../../domain/actor.js';
import { InvalidInputError } from '../../domain/errors.js';
import { unknownName } from '../../domain/nearest-name.js';
import { readIfMatch } from '../../domain/if-match.js';
import type { CallOptions, IfMatch } from '../../contract/call-options.js';

/** `text`: an id or a name. `fields`: an object. `options`: an object or nothing. `any`: the call reads it by itself. */
export type Shape = 'text' | 'fields' | 'options' | 'any';

/** The shapes of the arguments of each call of a group, the context aside. */
export type Shapes<Group> = { readonly [Name in keyof Group]: readonly Shape[] };

type Call = (...args: never[]) => Promise<unknown>;

/**
 * Returns the calls of `group` as users of the library make them. Each rejects with an InvalidInputError where an argument has not
 * the shape that is named, or an option after the last one does not exist; without an actor, the library itself acts.
 * Only the `conditional` calls take `ifMatch`.
 */
export function takesEach<Group extends { readonly [Name in keyof Group]: Call }>(
  group: Group,
  shapes: Shapes<Group>,
  conditional: ReadonlySet<PropertyKey> = new Set(),
): Group {
  const names = Object.keys(shapes) as (keyof Group)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]) => {
        const takes = shapes[name].length;
        assertShapes(args, shapes[name]);
        const options: unknown = args[takes];
        if (options === undefined) return group[name](...args);
        return group[name](...args.slice(0, takes), contextOf(options, conditional.has(name)) as never);
      },
    ]),
  ) as Group;
}

const OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  actor: true,
  address: true,
  requestId: true,
  session: true,
  idempotencyKey: true,
  wait: true,
  signal: true,
};

const CONDITIONAL_OPTIONS: Readonly<Record<keyof CallOptions | keyof IfMatch, true>> = { ...OPTIONS, ifMatch: true };

/** Returns the context of a call. A misspelt option would otherwise ask for less than it says. */
function contextOf(options: unknown, isConditional: boolean): CallContext & IfMatch {
  assertObject(options, '');
  const known = isConditional ? CONDITIONAL_OPTIONS : OPTIONS;
  for (const name in options as object) {
    if (!Object.hasOwn(known, name)) {
      throw new InvalidInputError([
        { pointer: '', message: `Options: "${name.slice(0, 40)}". ${unknownName('option', name, Object.keys(known))}` },
      ]);
    }
  }
  const { actor = LIBRARY_ACTOR, ...rest } = options as CallOptions & IfMatch;
  readIfMatch(rest.ifMatch);
  return { ...rest, actor };
}

/** Throws an InvalidInputError for the first argument that has not its shape. */
export function assertShapes(args: readonly unknown[], shapes: readonly Shape[]): void {
  shapes.forEach((shape, index) => {
    const value = args[index];
    if (shape === 'text' && typeof value !== 'string')
      throw new InvalidInputError([{ pointer: '', message: 'Use text for an id or a name.' }]);
    if (shape === 'fields' || (shape === 'options' && value !== undefined)) assertObject(value, '');
  });
}

/** Throws an InvalidInputError at `pointer` for what is no object. */
export function assertObject(value: unknown, pointer: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidInputError([{ pointer, message: 'Use an object.' }]);
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
