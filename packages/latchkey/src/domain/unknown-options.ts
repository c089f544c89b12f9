/** Options are closed: one that does not exist is refused by name, because the program that gave it would run without it. */
import { ConfigurationError } from './errors.js';
import { unknownName } from './nearest-name.js';

/**
 * Returns a problem for each option that `known` does not have, for a ConfigurationError. `at` says where the object stands among
 * the options, such as `cache.`. Throws a ConfigurationError for options that are no object.
 */
export function optionProblems(options: object, known: object, at = ''): string[] {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null)
    throw new ConfigurationError([at === '' ? 'Use an object of options.' : `${at.slice(0, -1)}: use an object of options.`]);
  return unknownOptions(options, known).map(([name, remedy]) => `${at}${name}: ${remedy}`);
}

/**
 * Returns, for each property of `given` that `known` does not have, its name and what to say about it: the nearest name that exists.
 * A name that is too long or too odd for an option is not repeated: it may be a token.
 */
export function unknownOptions(given: object, known: object): readonly (readonly [name: string, remedy: string])[] {
  const names = Object.keys(known);
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => [/^[\w.-]{1,32}$/.test(name) ? name : 'an option with an unusual name', unknownName('option', name, names)]);
}
