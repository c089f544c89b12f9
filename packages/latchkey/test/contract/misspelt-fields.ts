/** Every field of a call's input, misspelt by one letter: for a test that each is refused by its name, whatever door it comes through. */

/** A part of a shape, as the contract keeps it. */
interface Part {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
}

export interface MisspeltField {
  /** RFC 6901: where the misspelt field stands. */
  readonly pointer: string;
  /** The name that was meant. */
  readonly meant: string;
  /** An input in which this field is misspelt; what else it lacks does not matter. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Returns an input for every field of the shape, at every depth. */
export function misspeltFields(shape: object): readonly MisspeltField[] {
  return within(unwrapped(shape), '');
}

function within({ entries = {} }: Part, at: string): readonly MisspeltField[] {
  const names = Object.keys(entries);
  return names.flatMap((name) => {
    const misspelt = misspell(name, names);
    const own: MisspeltField = { pointer: `${at}/${misspelt}`, meant: name, input: { [misspelt]: 'x' } };
    const part = unwrapped(entries[name] ?? {});
    const isList = part.item !== undefined;
    const nested = within(isList ? unwrapped(part.item ?? {}) : part, `${at}/${name}${isList ? '/0' : ''}`);
    return [own, ...nested.map((field) => ({ ...field, input: { [name]: isList ? [field.input] : field.input } }))];
  });
}

/** One letter is lost, the first whose loss makes no other name. */
function misspell(name: string, names: readonly string[]): string {
  const candidates = Array.from(name, (_, index) => name.slice(0, index) + name.slice(index + 1));
  return candidates.find((candidate) => candidate !== '' && !names.includes(candidate)) ?? `${name}${name.slice(-1)}`;
}

function unwrapped(part: Part): Part {
  return part.wrapped === undefined ? part : unwrapped(part.wrapped);
}
