/**
 * bcrypt and argon2id through their optional peers (`@node-rs/bcrypt`, `@node-rs/argon2`), which work on
 * libuv's threads. Owns the bound on how many run and wait; knows nothing of keys.
 */
import { ConfigurationError, UnavailableError } from '../domain/errors.js';
import { installing } from '../domain/missing-package.js';
import type { SlowHashes } from '../ports/slow-hashes.js';

/** bcrypt reads no further than this: what is longer would be accepted by its beginning alone. */
const BCRYPT_MAX_BYTES = 72;

export interface SlowHashOptions {
  /** Hashes computed at once; the default 2 leaves half of libuv's four threads to everything else. */
  readonly concurrency?: number;
  /** Hashes waiting beyond those; by default 64. */
  readonly maxWaiting?: number;
}

export function createSlowHashes(options: SlowHashOptions = {}): SlowHashes {
  const gate = createGate(options.concurrency ?? 2, options.maxWaiting ?? 64);
  return {
    async matches(scheme, encoded, token) {
      if (scheme === 'bcrypt' && (Buffer.byteLength(token) > BCRYPT_MAX_BYTES || token.includes('\0'))) return false;
      const verify = await load(scheme);
      return gate(async () => {
        try {
          return await verify(token, encoded);
        } catch {
          // An encoded hash that cannot be read matches nothing; its text must not reach a log.
          return false;
        }
      });
    },
  };
}

type Verify = (token: string, encoded: string) => Promise<boolean>;

async function load(scheme: 'bcrypt' | 'argon2id'): Promise<Verify> {
  let found: { readonly verify?: Verify } = {};
  const reasons: string[] = [];
  // In this form, with the names as they are, bundlers leave the packages out where they are not installed.
  try {
    found = scheme === 'bcrypt' ? await import('@node-rs/bcrypt') : await import('@node-rs/argon2');
  } catch (error) {
    reasons.push(String(error));
  }
  const { verify } = found;
  if (verify !== undefined) return scheme === 'bcrypt' ? verify : async (token, encoded) => verify(encoded, token);
  const name = scheme === 'bcrypt' ? '@node-rs/bcrypt' : '@node-rs/argon2';
  const problem = `Keys with ${scheme} secrets were imported, and the package ${name} cannot be loaded: ${installing(name)}`;
  throw new UnavailableError('hashing', { cause: new ConfigurationError([problem, ...reasons]) });
}

/** Runs at most `concurrency` jobs at once and lets at most `maxWaiting` wait, in order. */
function createGate(concurrency: number, maxWaiting: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting) throw new UnavailableError('hashing');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await job();
    } finally {
      // A slot is handed on, not freed and raced for, so that the bound holds.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
