// @ts-check
import { findTokens } from './find-tokens.js';

/**
 * Returns whether the tests printed no token with a right checksum, and prints the hint of each that they did. Nothing that
 * they run may ever print one, so that a run of them all is a canary.
 *
 * @param {string} printed
 */
export async function printedNoToken(printed) {
  try {
    // Loaded here, because the build makes it.
    const { hintOf, parseToken } = await import('../../packages/latchkey/dist/index.js');
    const tokens = findTokens(printed, (candidate) => parseToken(candidate) !== null);
    console.log(`${tokens.length === 0 ? 'ok  ' : 'FAIL'}           canary`);
    for (const token of tokens) console.log(`    The tests printed a token: ${hintOf(token)}`);
    return tokens.length === 0;
  } catch {
    console.log('FAIL           canary\n    What the tests printed cannot be searched: the build is missing.');
    return false;
  }
}
