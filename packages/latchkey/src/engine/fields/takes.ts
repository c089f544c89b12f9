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

interface Taking {
  /** They say which options each call takes; a call without one takes those of a read. */
  readonly addresses?: Readonly<Record<string, Address>>;
  /** Throws where no call can be made any more. */
  readonly before?: (() => void) | undefined;
  readonly contextOf?: (options: unknown, address?: Conditions) => object;
}

type Call = (...args: never[]) => Promise<unknown>;

/**
 * Returns the calls of `group` as users of the library make them. Each rejects with an InvalidInputError where an argument has not
 * the shape that is named, or an option after the last one is none that a call at its address takes.
 */
export function takesEach<Group extends { readonly [Name in keyof Group]: Call }>(
  group: Group,
  shapes: Shapes<Group>,
  { addresses = {}, before, contextOf = libraryContext }: Taking = {},
): Group {
  const names = Object.keys(shapes) as (keyof Group)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]) => {
        before?.();
        const takes = shapes[name].length;
        shapes[name].forEach((shape, index) => assertShape(args[index], shape));
        const options: unknown = args[takes];
        if (options === undefined) return group[name](...args);
        return group[name](...args.slice(0, takes), contextOf(options, addresses[String(name)]) as never);
      },
    ]),
  ) as Group;
}

type Conditions = Pick<Address, 'gives' | 'waits' | 'conditional'>;

/** An option that a call does not take would promise what it does not hold. */
function optionsAt({ gives, waits, conditional }: Conditions): readonly (keyof OwnCallContext | keyof IfMatch)[] {
  return [
    'address',
    'requestId',
    'session',
    'signal',
    ...(waits === true ? ['wait' as const] : []),
    ...(gives === 'issued' ? ['idempotencyKey' as const] : []),
    ...(conditional === true ? ['ifMatch' as const] : []),
  ];
}

/** Returns the context of a call; without an actor, the library itself acts. Throws an InvalidInputError for an option that it does not take. */
export function libraryContext(options: unknown, address: Conditions = {}): CallContext & IfMatch {
  const { actor = LIBRARY_ACTOR, ...rest } = closed<CallOptions & IfMatch>(options, ['actor', ...optionsAt(address)]);
  readIfMatch(rest.ifMatch);
  return { ...rest, actor };
}

/** Returns the context of a call that an owner makes. Throws an InvalidInputError for an unknown option. */
export function ownContext(options: unknown, address: Conditions = {}): OwnCallContext & IfMatch {
  const context = closed<OwnCallContext & IfMatch>(options, optionsAt(address));
  readIfMatch(context.ifMatch);
  return context;
}

/** A misspelt option would otherwise ask for less than it says. */
function closed<Options extends object>(options: unknown, known: readonly string[]): Options {
  assertObject(options);
  for (const name in options as object) {
    if (!known.includes(name)) {
      throw new InvalidInputError([
        {
          pointer: '',
          message: `Options: "${isTellable(name) ? name.slice(0, 40) : '…'}". ${unknownName('option', name, known)}`,
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
