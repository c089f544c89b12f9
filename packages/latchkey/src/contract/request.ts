/** Parses the parts of a request beside the input of its call: the names in its path, and `wait`. */
import * as v from 'valibot';
import { fields, optional, text } from './shape.js';
import { parsed, unreadable } from '../domain/parsed.js';
import { parametersOf } from './addresses.js';
import { readInput } from './read.js';

/** A name in the path of a call: the id of a key or of a secret, of an owner, or the name of a tier. */
export const PATH_NAME = text({ json: { minLength: 1, maxLength: 128 } }, (given) => {
  const isName = given.length <= 1024 && Array.from(given.normalize()).length <= 128 && given !== '' && !given.includes('\0');
  return isName ? parsed(given) : unreadable('Use 1 to 128 characters.');
});

/** The query of calls that may take authority away. */
const WAIT_QUERY = fields(
  {},
  {
    wait: optional(v.boolean(), {
      description: 'With `false` the change is answered (202) when it is durable, without waiting until it holds on every node.',
    }),
  },
);

const NO_QUERY = fields({}, {});

/** Returns the names in the path, in order. Throws an InvalidInputError for one that cannot name anything. */
export function readPath(path: string, given: Readonly<Record<string, string>>): readonly string[] {
  const names = parametersOf(path);
  const shape = fields({}, Object.fromEntries(names.map((name) => [name, PATH_NAME])));
  const read = readInput(shape, given) as Readonly<Record<string, string>>;
  return names.map((name) => read[name] ?? '');
}

/** Returns whether the caller waits; undefined where it does not say. Throws an InvalidInputError for any other parameter. */
export function readWait(query: object, mayWait: boolean): boolean | undefined {
  return mayWait ? readInput(WAIT_QUERY, query).wait : void readInput(NO_QUERY, query);
}

/** The shapes of a name in the path, and of the query of calls that may take authority away, to describe them. */
export const REQUEST_SHAPES: { readonly pathName: object; readonly waitQuery: object } = { pathName: PATH_NAME, waitQuery: WAIT_QUERY };
