/**
 * For those who test what they build with or for Latchkey: a fake verifier for tests of routes, the conformance suites
 * of its ports, a clock and an entropy that a test holds, and a store that fails when told to.
 *
 * The suites take the `describe` and `it` of any test runner and assert with node:assert alone. Nothing here is
 * meant for production, and nothing in production imports it.
 */
export { type Administration, administrationOf } from './administration.js';
export type { FakeKey, FakeRefusal, FakeToken } from './fake-tokens.js';
export { type FakeCall, fakeVerifier, type FakeVerifier, type FakeVerifierOptions } from './fake-verifier.js';
export { createFaultyStorage, type FaultPoint, type FaultyStorage, type Gate, type StorageCall } from './faulty-storage.js';
export {
  type Circumstances,
  latchkeySuite,
  type LatchkeySuiteOptions,
  managementSuite,
  type OpenedLatchkey,
  type OperatorKey,
  verifierSuite,
} from './latchkey-suite.js';
export type { LimiterSuiteOptions } from './limiter-suite-fixture.js';
export type { SuiteRunner } from './suite-runner.js';
export { limiterAtomicitySuite, limiterBehaviourSuite, limiterDurabilitySuite, limiterSuite, limiterTimeSuite } from './limiter-suite.js';
export { createMemoryCounterStore, type MemoryCounterStore } from './memory-counter-store.js';
export { mistyped } from './mistyped.js';
export {
  type OpenedOwnKeys,
  type OwnKeysCircumstances,
  type OwnKeysSomehow,
  ownKeysSuite,
  type OwnKeysSuiteOptions,
} from './own-keys-suite.js';
export { createSeededEntropy } from './seeded-entropy.js';
export {
  type OpenedStorage,
  storageAtomicitySuite,
  storageBehaviourSuite,
  storageDurabilitySuite,
  storageNodeSuite,
  storageUsageSuite,
  storageSuite,
  type StorageSuiteOptions,
  storageTimeSuite,
} from './storage-suite.js';
export { createTestClock, TEST_CLOCK_START, type TestClock } from './test-clock.js';
