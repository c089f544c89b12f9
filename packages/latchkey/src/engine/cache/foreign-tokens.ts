/** What is known of tokens that were issued elsewhere: whether there are any, and how those with slow hashes are found. */
import type { ForeignTokens, KeyStore } from '../../ports/key-store.js';

export interface ForeignTokenTable {
  /** Null after `forget`, until somebody needed to know. */
  readonly known: ForeignTokens | null;
  read(): Promise<ForeignTokens>;
  /** After keys were imported, by this node or another. */
  forget(): void;
}

export function createForeignTokenTable(keys: Pick<KeyStore, 'readForeign'>): ForeignTokenTable {
  let known: ForeignTokens | null = null;
  let forgotten = 0;
  return {
    get known() {
      return known;
    },
    async read() {
      const before = forgotten;
      const read = await keys.readForeign();
      if (forgotten === before) known = read;
      return read;
    },
    forget() {
      known = null;
      forgotten += 1;
    },
  };
}
