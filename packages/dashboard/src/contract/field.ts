/**
 * The fields of forms as the contract declares them, and what an input takes from a field.
 *
 * contract/ owns what the forms know of the contract: label, help, bounds and choices of each field. The files in `calls/` are
 * generated (docs/adr/0051).
 */

export interface Field {
  readonly label: string;
  readonly help?: string;
  readonly required?: true;
  /** In characters. */
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly maxItems?: number;
  readonly choices?: readonly string[];
}

/** The fields of a call by their path: `credits.remaining`; `limits.*.name` for each limit of a list. */
export type Fields = Readonly<Record<string, Field>>;

/** The groups above a path: `credits` and `credits.refill` for `credits.refill.amount`. */
type GroupOf<Path extends string> = Path extends `${infer Head}.${infer Rest}` ? Head | `${Head}.${GroupOf<Rest>}` : never;

/** The paths of the fields of a call, and those of their groups. */
type PathOf<Call extends Fields> = (keyof Call & string) | GroupOf<keyof Call & string>;

/** The name that a form gives to a field or to a group of fields, if it is not the path; null where the form does not show it. */
export type Places<Call extends Fields> = { readonly [Path in PathOf<Call>]?: string | null };

/** Returns what a text input takes from its field. */
export function textProps({ maxLength, ...field }: Field) {
  return { ...labelProps(field), maxLength };
}

/** Returns what an input for a whole number takes from its field. */
export function numberProps({ min, max, ...field }: Field) {
  return { ...labelProps(field), min, max, allowDecimal: false, hideControls: true } as const;
}

/** Returns what an input for a list of texts takes from its field. The error of the form comes before that of the bound. */
export function listProps({ maxItems, ...field }: Field, value: readonly string[], error?: unknown) {
  const tooMany = maxItems !== undefined && value.length > maxItems ? `Use at most ${maxItems} items.` : undefined;
  return { ...labelProps(field), value: [...value], error: (error as string | undefined) ?? tooMany };
}

/** Returns what any input takes from its field. */
export function labelProps({ label, help, required }: Field) {
  return { label, description: help, required: required === true };
}

/** Returns the choices of a field as a select takes them: `fixed-window` reads "Fixed window". */
export function choicesOf<Choice extends string>({ choices }: { readonly choices: readonly Choice[] }) {
  return choices.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1).replaceAll('-', ' ') }));
}

/**
 * Returns the name that the form gives to the field at the path of a problem, such as `limits.0.name`; null where the form shows
 * none. A path within a field or a group belongs to it.
 */
export function placeOf<Call extends Fields>(path: string, fields: Call, places: Places<Call> = {}): string | null {
  const named: Readonly<Record<string, string | null | undefined>> = places;
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const own = parts.slice(0, length).join('.');
    const declared = own.replaceAll(/\.\d+(?=\.|$)/g, '.*');
    if (named[declared] !== undefined) return named[declared];
    if (Object.hasOwn(fields, declared)) return own;
  }
  return null;
}
