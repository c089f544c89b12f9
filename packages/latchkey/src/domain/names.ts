/** The names by which a program speaks of tiers, scopes and environments, as types: what is misspelt does not compile. */

/**
 * Goes through the signatures as one type parameter, `Latchkey<N>`; by default any text.
 *
 * Only what is asked is checked by it. What is read (the tier of a verified key, say) stays text, because the database may
 * know more names than today's configuration: tiers made over the API, scopes of last year.
 *
 * Names so stand in the parameters of methods alone, which TypeScript compares in both directions, and an engine with names
 * fits without a cast wherever a plain `Verifier` or `Latchkey` is wanted: `const anyNames: Latchkey = latchkey`. That is also how
 * to speak of names that are not configured, such as tiers made at run time and operator tokens; what is misspelt there is
 * refused at run time.
 */
export interface Names {
  readonly tier: string;
  /** With its wildcards: what calls take, see `WithWildcards`. */
  readonly scope: string;
  readonly environment: string;
}

/** Each scope, and what covers it with `*` in place of segments: of `a:read` also `a:*`, `*:read` and `*:*`. */
export type WithWildcards<Scope extends string> = Scope extends `${infer Segment}:${infer Rest}`
  ? `${Segment | '*'}:${WithWildcards<Rest>}`
  : Scope | '*';

/** The names of one kind that were given; any, where none were. */
export type NamesGiven<Given extends Partial<Names>, Kind extends keyof Names> = Given extends {
  readonly [K in Kind]: infer Name extends string;
}
  ? [Name] extends [never]
    ? string
    : Name
  : string;
