/**
 * A token of ours within other text: prefix, environment, 49 characters (domain/token.ts). The last four are the
 * hint. The start is bounded, so that the time is linear in the length of the text.
 */
const TOKEN = /([a-z][a-z0-9_]{0,40}_)[0-9A-Za-z]{45}([0-9A-Za-z]{4})(?![0-9A-Za-z])/g;

/** The credentials of HTTP: `Bearer …`, `Basic …`. */
const CREDENTIALS = /\b(bearer|basic) +[^\s"\\,]+/gi;

/** Leaves of every token of ours its prefix and hint. For text that repeats names which others chose. */
export function scrubTokens(text: string): string {
  return text.replace(TOKEN, '$1…$2');
}

/**
 * Takes out of finished text whatever is, or looks like, a secret: the last line of defence, for text whose makers
 * cannot be known (messages of foreign errors, stack traces). `secrets` are taken out wherever they stand.
 */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  // As they stand in a JSON string; the longest first, in case one begins with another.
  const exact = secrets
    .filter((secret) => secret !== '')
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = scrubTokens(text).replace(CREDENTIALS, '$1 [redacted]');
    for (const secret of exact) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  };
}
