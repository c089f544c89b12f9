import type { Storage } from '../ports/storage.js';

export interface StorageSuiteOptions {
  /** An empty store of its own for each test. */
  open(): Promise<OpenedStorage>;
  /** Tests that this store is known not to pass, by their full name, each with the reason. */
  readonly skips?: readonly { readonly test: string; readonly reason: string }[] | undefined;
}

export interface OpenedStorage {
  readonly storage: Storage;
  /** Closes the store and opens it again on the same data. Without it, the tests of durability fail: name them in `skips`. */
  reopen?(): Promise<Storage>;
  /** Closes the store, if it is not, and removes its data. */
  dispose(): Promise<void>;
}

/** A test by its full name, on a store that is opened for it and disposed of after it. */
export type StorageTest = readonly [name: string, body: (storage: Storage, opened: OpenedStorage) => Promise<void>];
