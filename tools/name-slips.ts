/** Names as people mistype them: one letter left out, or two neighbours swapped. */

/** Returns every slip of `name` that is none of `known`: with those, nobody could tell that it was a slip. */
export function slipsOf(name: string, known: readonly string[]): readonly string[] {
  const letters = Array.from(name);
  const dropped = letters.map((_, index) => name.slice(0, index) + name.slice(index + 1));
  const swapped = letters.slice(1).map((letter, index) => `${name.slice(0, index)}${letter}${letters[index]}${name.slice(index + 2)}`);
  return [...new Set([...dropped, ...swapped])].filter((slip) => slip !== name && slip !== '' && !known.includes(slip));
}
