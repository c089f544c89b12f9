/** The shapes of what calls of the library are given, for callers without types: an error that says so, not a TypeError. */
import { InvalidInputError } from '../../domain/errors.js';

/** `text`: an id or a name. `fields`: an object. `options`: an object or nothing. `any`: the call reads it by itself. */
type Shape = 'text' | 'fields' | 'options' | 'any';

/** The shapes of the arguments of each call of a group, the context aside. */
export type Shapes<Group> = { readonly [Name in keyof Group]: readonly Shape[] };

type Call = (...args: never[]) => Promise<unknown>;

/** Returns the calls of `group`, each of which rejects with an InvalidInputError where an argument has not the shape that is named. */
export function takesEach<Group extends { readonly [Name in keyof Group]: Call }>(group: Group, shapes: Shapes<Group>): Group {
  const names = Object.keys(shapes) as (keyof Group)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]) => {
        assertShapes(args, shapes[name]);
        return group[name](...args);
      },
    ]),
  ) as Group;
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
