/** The keys whose metadata has a field with a value. */
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import type { KeyQuery } from '../../../ports/key-store.js';
import { escapedLike } from '../like.js';

/** Returns the JSON text of a field at the top level of `keys.metadata`; null where it has none. The name is bound, never spelt out. */
export type FieldOf = (name: string) => RawBuilder<string | null>;

/** How the database reads JSON: what a query needs that filters by metadata. */
export interface WithFields {
  readonly fieldOf?: FieldOf | undefined;
}

export function metadataFilters({ metadata, fieldOf }: Pick<KeyQuery, 'metadata'> & WithFields): readonly Expression<SqlBool>[] {
  if (metadata === undefined) return [];
  if (fieldOf === undefined) throw new TypeError('A query by metadata needs to know how the database reads JSON.');
  return Object.entries(metadata).map(([name, text]) => {
    const found = jsonTextsOf(text).map((json) => sql<SqlBool>`(${mayHold(name, json)} and ${fieldOf(name)} = ${json})`);
    return sql<SqlBool>`(${sql.join(found, sql` or `)})`;
  });
}

/** The JSON of each value that reads so: of a string, and of the number or boolean that has this text. */
function jsonTextsOf(text: string): readonly string[] {
  const isOther = text === 'true' || text === 'false' || (Number.isFinite(Number(text)) && String(Number(text)) === text);
  return isOther ? [JSON.stringify(text), text] : [JSON.stringify(text)];
}

/** Is cheaper than to read the JSON, and holds for all that has the field with this value, also for some that has it elsewhere. */
function mayHold(name: string, json: string): Expression<SqlBool> {
  return sql<SqlBool>`keys.metadata like ${`%${escapedLike(`${JSON.stringify(name)}:${json}`)}%`} escape '\\'`;
}
