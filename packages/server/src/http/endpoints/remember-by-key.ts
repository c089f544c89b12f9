import { type VerifiedKey } from 'latchkey';
import { Memo } from 'latchkey/internal';

interface Remembered<Made> {
  readonly key: VerifiedKey;
  readonly made: Made;
}

/** Keys that are remembered. */
const KEYS_MAX = 1_024;

/**
 * Remembers what was made of a key, for as long as verdicts tell the same of it. Never answers for a key that has
 * changed in any field: whatever it has, its scopes and metadata included, is compared at every call.
 */
export function rememberByKey<Made>(make: (key: VerifiedKey) => Made): (key: VerifiedKey) => Made {
  const known = new Memo<string, Remembered<Made>>(KEYS_MAX);
  return (key) => {
    const remembered = known.get(key.id);
    if (remembered !== undefined && isSame(remembered.key, key)) return remembered.made;
    const made = make(key);
    known.set(key.id, { key, made });
    return made;
  };
}

/** Scopes and metadata are frozen and shared between verdicts: those that are the same object are the same. */
function isSame(one: VerifiedKey, other: VerifiedKey): boolean {
  return (
    one.scopes === other.scopes &&
    one.bounds === other.bounds &&
    one.metadata === other.metadata &&
    one.name === other.name &&
    one.owner === other.owner &&
    one.tier === other.tier &&
    one.environment === other.environment &&
    one.expiresAt === other.expiresAt
  );
}
