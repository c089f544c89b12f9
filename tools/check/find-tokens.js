// @ts-check
/**
 * Tokens of ours within any text, whatever stands around them. `isToken` says of a candidate whether its form and its
 * checksum are right: so an example that was made up is not found, and one that was issued is.
 *
 * @param {string} text
 * @param {(candidate: string) => boolean} isToken
 * @returns {string[]}
 */
export function findTokens(text, isToken) {
  // A colour that begins or ends within a token must not hide it.
  // oxlint-disable-next-line no-control-regex -- the escape sequences of terminals are what is taken out
  const plain = text.replaceAll(/\u001b\[[0-9;]*m/g, '');
  /** @type {Set<string>} */
  const found = new Set();
  for (const { index } of plain.matchAll(/_(?=[0-9A-Za-z]{49})/g)) {
    const end = index + 1 + 49;
    const before = /[a-z0-9_]{3,41}$/.exec(plain.slice(Math.max(0, index - 41), index))?.[0] ?? '';
    for (let length = 3; length <= before.length; length++) {
      const candidate = plain.slice(index - length, end);
      if (isToken(candidate)) found.add(candidate);
    }
  }
  return [...found];
}
