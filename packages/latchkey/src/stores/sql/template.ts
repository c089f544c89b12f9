/** The way around Kysely's work for each query, for the few statements that run most. */
import type { Compilable } from 'kysely';

/** A query that Kysely compiled once, for values that come later. */
export interface Template<Name extends string> {
  readonly text: string;
  bind(values: Readonly<Record<Name, unknown>>): unknown[];
}

/** Compiles what `build` makes of placeholders; which value goes where is read off the compiled query. */
export function compileTemplate<const Name extends string>(
  names: readonly Name[],
  build: (values: Record<Name, never>) => Compilable<unknown>,
): Template<Name> {
  const placeholders = Object.fromEntries(names.map((name) => [name, new Placeholder(name)]));
  const { sql: text, parameters } = build(placeholders as Record<Name, never>).compile();
  return {
    text,
    bind: (values) => parameters.map((value) => (value instanceof Placeholder ? values[value.name as Name] : value)),
  };
}

class Placeholder {
  constructor(readonly name: string) {}
}
