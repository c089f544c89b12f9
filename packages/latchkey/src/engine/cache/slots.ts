/** Where a key, an owner or a tier stands in the table of invalidations. */

/** What a change touched; everything that depends on it is to be forgotten. */
export interface Touched {
  readonly type: 'key' | 'owner' | 'tier';
  readonly id: string;
}

/** Two slots fit a small integer, and 32 768 of them make a needless read rare. */
export const SLOT_BITS = 15;
export const SLOT_MASK: number = (1 << SLOT_BITS) - 1;

/** The slots of a key and its owner, in one small integer. */
export function packSlots(keyId: string, owner: string): number {
  return invalidationSlotOf('key', keyId) | (invalidationSlotOf('owner', owner) << SLOT_BITS);
}

/** FNV-1a (Fowler, Noll and Vo), folded to the table's size. */
export function invalidationSlotOf(type: Touched['type'], id: string): number {
  let hash = type === 'key' ? 0x811c9dc5 : type === 'owner' ? 0x1c9dc581 : 0x5c1d8119;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> SLOT_BITS)) & SLOT_MASK;
}
