/** What the tests of an engine, or of what stands before one, are made of. */
import assert from 'node:assert/strict';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, type ConflictReason } from '../domain/errors.js';
import { mintToken, type Token } from '../domain/token.js';
import type { Verdict } from '../domain/verdict.js';
import type { CreateKeyInput } from '../engine/api/index.js';
import type { SettingsInput } from '../contract/settings/setting-inputs.js';
import type { Storage } from '../ports/storage.js';
import type { Administration } from './administration.js';
import { createFaultyStorage, type FaultyStorage } from './faulty-storage.js';
import { createSeededEntropy } from './seeded-entropy.js';
import type { SuiteRunner } from './suite-runner.js';
import { createTestClock, type TestClock } from './test-clock.js';

export interface LatchkeySuiteOptions {
  /** One of its own for each test, on a store that is empty. */
  open(circumstances: Circumstances): Promise<OpenedLatchkey>;
}

/** Everything that a test determines of the engine that it is run on. */
export interface Circumstances {
  readonly settings: SettingsInput;
  /** The only clock, of the engine and of whatever stands before it. */
  readonly clock: TestClock;
  /** What the engine is to be given in place of its store. */
  readonly wrap: (storage: Storage) => Storage;
}

export interface OpenedLatchkey {
  /** In the name of the admin key: the actor `{ type: 'admin', id: 'admin' }`. */
  readonly admin: Administration;
  /** In the name of the holder of an operator token. */
  operator(key: OperatorKey): Administration;
  dispose(): Promise<void>;
}

export interface OperatorKey {
  readonly id: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

/** A key and its token in clear text. */
export interface SubjectKey {
  readonly id: string;
  readonly token: string;
  readonly secretId: string;
}

export interface Subject extends Omit<OpenedLatchkey, 'dispose'> {
  readonly clock: TestClock;
  readonly faulty: FaultyStorage;
  /** A key of `ada`, unless `input` says otherwise. */
  issue(input?: Partial<CreateKeyInput>): Promise<SubjectKey>;
  /** Somebody who administers by an operator token with these scopes. */
  operatorWith(scopes: readonly string[], input?: Partial<CreateKeyInput>): Promise<{ readonly id: string; readonly by: Administration }>;
}

/** A test by its full name, on a subject that is opened for it and disposed of after it. */
export type LatchkeyTest = readonly [name: string, body: (subject: Subject) => Promise<void>, settings?: SettingsInput];

export function registerTests(
  { describe, it }: SuiteRunner,
  options: LatchkeySuiteOptions,
  group: { readonly name: string; readonly tests: readonly LatchkeyTest[] },
): void {
  describe(group.name, () => {
    for (const [name, body, settings = {}] of group.tests) it(name, () => runOn(options, body, settings));
  });
}

async function runOn(options: LatchkeySuiteOptions, body: LatchkeyTest[1], settings: SettingsInput): Promise<void> {
  const clock = createTestClock();
  let faulty: FaultyStorage | undefined;
  const wrap = (storage: Storage): Storage => (faulty = createFaultyStorage(storage)).storage;
  const opened = await options.open({ settings, clock, wrap });
  try {
    assert.ok(faulty, 'The suite must be let between the engine and its store: call wrap.');
    await body(subjectOf(opened, clock, faulty));
  } finally {
    await opened.dispose();
  }
}

function subjectOf({ admin, operator }: OpenedLatchkey, clock: TestClock, faulty: FaultyStorage): Subject {
  const issue: Subject['issue'] = async (input) => {
    const { key, token } = await admin.keys.create({ name: 'a key', owner: 'ada', ...input });
    return { id: key.id, token: textOf(token), secretId: key.secrets[0]?.id ?? '' };
  };
  return {
    admin,
    operator,
    clock,
    faulty,
    issue,
    async operatorWith(scopes, input) {
      const { id, token } = await issue({ owner: 'ops', environment: 'operator', scopes, ...input });
      return { id, by: operator({ id, token, scopes }) };
    },
  };
}

/** Returns the token in clear text; fails if there is none. */
export function textOf(token: Token | null): string {
  assert.notEqual(token, null, 'There is no token.');
  return token?.reveal() ?? '';
}

let unknown = 0;

/** A token of the right form that no store knows. */
export function unknownToken(): string {
  unknown += 1;
  const entropy = createSeededEntropy(7_000_000 + unknown);
  return mintToken('lk', 'live', (length) => entropy.bytes(length)).reveal();
}

export async function codesOf(verifier: Administration, tokens: readonly string[]): Promise<Verdict['code'][]> {
  return Promise.all(tokens.map(async (token) => (await verifier.verify(token)).code));
}

export function atOnceSettled<Answer>(calls: number, call: () => Promise<Answer>): Promise<PromiseSettledResult<Answer>[]> {
  return Promise.allSettled(Array.from({ length: calls }, async () => call()));
}

/** Rejects with an InvalidInputError that names these places and no other. */
export async function refusesInput(call: Promise<unknown>, ...pointers: readonly string[]): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof InvalidInputError, String(error));
    assert.deepEqual([...new Set(error.issues.map(({ pointer }) => pointer))].toSorted(), pointers.toSorted());
    assert.ok(error.issues.every(({ message }) => message !== ''));
    return true;
  });
}

export async function conflicts(call: Promise<unknown>, reason: ConflictReason): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ConflictError, String(error));
    assert.equal(error.code, reason);
    assert.notEqual(error.message, '');
    return true;
  });
}

export async function isMissing(call: Promise<unknown>, resource: NotFoundError['resource']): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof NotFoundError, String(error));
    assert.equal(error.resource, resource);
    return true;
  });
}

export async function isForbidden(call: Promise<unknown>, missingScopes?: readonly string[]): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ForbiddenError, String(error));
    if (missingScopes !== undefined) assert.deepEqual(error.missingScopes, missingScopes);
    return true;
  });
}
