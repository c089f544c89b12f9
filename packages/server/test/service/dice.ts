import { createSeededEntropy } from 'latchkey/testing';

/** Choices that follow from a seed alone. */
export interface Dice {
  /** From 0 up to, not including, `end`. */
  below(end: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function createDice(seed: number): Dice {
  const entropy = createSeededEntropy(seed);
  const below = (end: number): number => Buffer.from(entropy.bytes(4)).readUInt32LE() % end;
  return { below, pick: (items) => items[below(items.length)] ?? items[0] };
}
