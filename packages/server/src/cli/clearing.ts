/** The option `--clear` of commands that change a record: words for the fields that can be taken away. */
import { unknownName } from 'latchkey/internal';
import { UsageError } from './failures.js';

/** For each field, its word and the value that takes it away. */
export type Clearing<Patch> = { readonly [Field in keyof Patch]-?: readonly [word: string, none: Patch[Field]] };

/** Returns the words, for help. */
export function clearWords<Patch>(clearing: Clearing<Patch>): readonly string[] {
  return Object.values<readonly [string, unknown]>(clearing).map(([word]) => word);
}

/**
 * Returns the patch that takes away the fields which the words name. Throws a UsageError for a word that does not exist, and for
 * a field that other options give.
 */
export function cleared<Patch>(words: readonly string[], clearing: Clearing<Patch>, isGiven: (field: string) => boolean): Partial<Patch> {
  const rows = Object.entries<readonly [string, unknown]>(clearing);
  const patches = words.map((word) => {
    const row = rows.find(([, [known]]) => known === word);
    if (row === undefined) throw new UsageError(`--clear ${word}: ${unknownName('field', word, clearWords(clearing))}`);
    const [field, [, none]] = row;
    if (isGiven(field)) throw new UsageError(`Give either a value or --clear ${word}, not both.`);
    return { [field]: none };
  });
  return Object.assign({}, ...patches) as Partial<Patch>;
}
