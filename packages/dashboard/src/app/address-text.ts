import { hintOf, resemblesToken } from 'latchkey/client';

/** What stands in an address after its question mark, as texts and nothing else: `1e3` is what somebody wrote, and no thousand. */

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(search)].map(([name, text]) => [name, unquoted(text)]));
}

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  // Parameters that a list does not know stay in its address as they were written.
  const { unknown, ...known } = search;
  const others = Object.fromEntries(new URLSearchParams(typeof unknown === 'string' ? unknown : ''));
  for (const [name, given] of Object.entries({ ...known, ...others })) {
    // A token that somebody pasted into a field is shown by its hint: addresses are kept, shared and logged.
    const value = typeof given === 'string' && resemblesToken(given) ? hintOf(given.trim()) : given;
    if (typeof value === 'string') parameters.append(name, unquoted(value) === value ? value : JSON.stringify(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** Addresses were once written as JSON, in which a text that could be a number stood in quotes. */
function unquoted(text: string): string {
  const inner = text.startsWith('"') ? parsed(text) : undefined;
  return typeof inner === 'string' && parsed(inner) !== undefined ? inner : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
