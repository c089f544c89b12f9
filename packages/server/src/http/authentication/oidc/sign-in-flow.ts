/**
 * What must be the same when somebody comes back from the issuer as when they left: it is all derived from one random value, which
 * only their browser has, in a cookie for ten minutes. The issuer sees the state, the nonce and the digest of the verifier, and
 * from none of them can the value or another of them be told.
 */
import { createHash, randomBytes } from 'node:crypto';

export interface SignInFlow {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: shown to the issuer only together with the code. */
  readonly verifier: string;
  readonly challenge: string;
  /** A path of our own. */
  readonly returnTo: string;
}

/** Its value for the cookie, and what it means. */
export function beginFlow(returnTo: string | null): { readonly value: string; readonly flow: SignInFlow } {
  const seed = randomBytes(32).toString('base64url');
  const path = ownPath(returnTo);
  return { value: `${seed}.${Buffer.from(path).toString('base64url')}`, flow: flowOf(seed, path) };
}

/** The flow that a cookie stands for; null where it is none of ours. */
export function readFlow(value: string): SignInFlow | null {
  const [seed = '', path = '', ...more] = value.split('.');
  if (more.length > 0 || !/^[\w-]{43}$/.test(seed)) return null;
  return flowOf(seed, ownPath(Buffer.from(path, 'base64url').toString()));
}

function flowOf(seed: string, returnTo: string): SignInFlow {
  const verifier = derive('verifier', seed);
  return { state: derive('state', seed), nonce: derive('nonce', seed), verifier, challenge: digest(verifier), returnTo };
}

function derive(what: string, seed: string): string {
  return digest(`latchkey sign-in ${what} ${seed}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** `//host`, `/\host` and what a browser makes of tabs would lead elsewhere. */
function ownPath(text: string | null): string {
  return text !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}$/.test(text) ? text : '/';
}
