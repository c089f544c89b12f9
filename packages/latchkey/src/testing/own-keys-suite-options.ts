import type { RemoteOptions } from '../contract/call-options.js';
import type { Names } from '../domain/names.js';
import type { OwnKeyCalls, SelfServicePolicy } from '../engine/api/index.js';
import type { SettingsInput } from '../contract/settings/setting-inputs.js';
import type { Administration } from './administration.js';
import type { TestClock } from './test-clock.js';

export interface OwnKeysSuiteOptions {
  /** One of its own for each test, on a store that is empty; `clock` is the only clock. */
  open(circumstances: OwnKeysCircumstances): Promise<OpenedOwnKeys>;
}

export interface OwnKeysCircumstances {
  readonly settings: SettingsInput;
  readonly policy: SelfServicePolicy;
  readonly clock: TestClock;
}

export interface OpenedOwnKeys {
  /** In the name of the admin key. */
  readonly admin: Administration;
  /** In the name of an owner who is signed in. */
  as(owner: string): OwnKeysSomehow;
  dispose(): Promise<void>;
}

/** `OwnKeys` of an engine, and a client of it alike. */
export type OwnKeysSomehow = Omit<OwnKeyCalls<Names, RemoteOptions>, 'account'>;

/** A test by its full name, and what differs from the suite's policy. */
export type OwnKeysTest = readonly [name: string, body: (subject: OwnKeysSubject) => Promise<void>, policy?: SelfServicePolicy];

export type OwnKeysSubject = Omit<OpenedOwnKeys, 'dispose'> & { readonly clock: TestClock };
