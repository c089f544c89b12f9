/** Returns a text for a pattern of `like`, in which `%` and `_` stand for themselves with a backslash as the escape. */
export function escapedLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
