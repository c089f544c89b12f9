/** The keys and owners of a population that the operations ask about. */

const CHANGED = 300;

/**
 * @param {ReturnType<typeof import('./population.js').createPopulation>} population
 * @param {number} [verify] how many keys to verify, at most
 */
export function sampleOf(population, verify = 300) {
  const usable = usableKeys(population, verify + CHANGED);
  // The first is verified all the time: its limit must admit that.
  usable.sort((one, other) => Number(isUnhurried(other)) - Number(isUnhurried(one)));
  const verified = usable.slice(0, Math.max(usable.length - CHANGED, Math.floor(usable.length / 2)));
  return {
    tokens: verified.map(({ token }) => token.reveal()),
    keyIds: verified.map(({ key }) => key.id),
    hints: verified.map(({ token }) => token.hint),
    /** Keys that operations change and revoke. No other operation asks about them. */
    changedIds: usable.slice(verified.length).map(({ key }) => key.id),
    /** Not that of the key that is verified all the time: it is suspended. */
    owner: verified.map(({ key }) => key.owner).findLast((id) => id !== population.ownerAt(0).id && id !== verified[0]?.key.owner),
    largestOwner: population.ownerAt(0).id,
  };
}

/** Keys that a verification admits, from all over the years; none of the largest owner, all of whose keys are revoked in the end. */
function usableKeys({ keys, now, keyAt, ownerAt, owners }, wanted) {
  const closed = new Set([ownerAt(0).id]);
  for (let number = 13; number < owners; number += 97) closed.add(ownerAt(number).id);
  const found = [];
  const step = Math.max(1, Math.floor(keys / (wanted * 3)));
  for (let number = 0; number < keys && found.length < wanted; number += step) {
    const candidate = keyAt(number);
    const { key } = candidate;
    const dead = key.revokedAt !== null || key.disabledAt !== null || key.notBefore !== null || key.ipRules.length > 0;
    if (dead || closed.has(key.owner) || (key.expiresAt !== null && key.expiresAt < now + 86_400_000)) continue;
    found.push(candidate);
  }
  return found;
}

function isUnhurried({ key }) {
  return key.tier === 'pro' && key.limits.length === 0;
}
