/** The shape of what a call of the library is given, for callers without types: an error that says so, not a TypeError. */
import { InvalidInputError } from '../domain/errors.js';

/** Returns `call`, which rejects with an InvalidInputError where its argument at `index` is given and is no object. */
export function takesObject<Args extends readonly unknown[], Result>(
  index: number,
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    assertObject(args[index] === undefined && index > 0 ? {} : args[index], '');
    return call(...args);
  };
}

/** Throws an InvalidInputError at `pointer` for what is no object. */
export function assertObject(value: unknown, pointer: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidInputError([{ pointer, message: 'Use an object.' }]);
}
