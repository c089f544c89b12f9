/**
 * The conformance suite of the `Storage` port: what every store must do, whatever it is made of.
 *
 * Six groups, each of which can be called by itself: behaviour, usage, atomicity, time, durability, nodes. The test
 * runner is handed in (`describe` and `it` of vitest, node:test, mocha, …); each test opens a fresh store.
 */
import { storageArchiveTests } from './storage-archive-tests.js';
import { storageAtomicityTests } from './storage-atomicity-tests.js';
import { storageCatalogTests } from './storage-catalog-tests.js';
import { storageDurabilityTests } from './storage-durability-tests.js';
import { storageFilterTests } from './storage-filter-tests.js';
import { storageInsightTests } from './storage-insight-tests.js';
import { storageKeyTests } from './storage-key-tests.js';
import { storageMetadataTests } from './storage-metadata-tests.js';
import { storageNodeTests } from './storage-node-tests.js';
import { storageRevocationTests } from './storage-revocation-tests.js';
import { storageOrderTests } from './storage-order-tests.js';
import { storageSearchTests } from './storage-search-tests.js';
import { storageSecretTests } from './storage-secret-tests.js';
import { storageSessionTests } from './storage-session-tests.js';
import type { StorageSuiteOptions, StorageTest } from './storage-suite-options.js';
import type { SuiteRunner } from './suite-runner.js';
import { storageTagTests } from './storage-tag-tests.js';
import { storageTimeTests } from './storage-time-tests.js';
import { storageUsageTests } from './storage-usage-tests.js';

export type { OpenedStorage, StorageSuiteOptions } from './storage-suite-options.js';

/** All groups; throws where `skips` names a test that does not exist. */
export function storageSuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  storageBehaviourSuite(runner, options);
  storageUsageSuite(runner, options);
  storageAtomicitySuite(runner, options);
  storageTimeSuite(runner, options);
  storageDurabilitySuite(runner, options);
  storageNodeSuite(runner, options);
}

/** Everything is found as it was stored, and by what it can be asked for. */
export function storageBehaviourSuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, {
    name: 'storage: behaviour',
    tests: [
      ...storageKeyTests,
      ...storageOrderTests,
      ...storageSearchTests,
      ...storageTagTests,
      ...storageFilterTests,
      ...storageMetadataTests,
      ...storageSecretTests,
      ...storageRevocationTests,
      ...storageCatalogTests,
      ...storageInsightTests,
      ...storageSessionTests,
      ...storageArchiveTests,
    ],
  });
}

/** Usage adds up, by whatever it is asked for, and however much of it is summed up or dropped. */
export function storageUsageSuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, { name: 'storage: usage', tests: storageUsageTests });
}

/** Changes, spendings and batches happen whole, one after another, or not at all. */
export function storageAtomicitySuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, { name: 'storage: atomicity', tests: storageAtomicityTests });
}

/** Time comes from arguments alone, and what expires is gone at the instant, not after it. */
export function storageTimeSuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, { name: 'storage: time', tests: storageTimeTests });
}

/** What was answered is found again by the next process. */
export function storageDurabilitySuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, { name: 'storage: durability', tests: storageDurabilityTests });
}

/** Nodes are on record, and told what they lack. */
export function storageNodeSuite(runner: SuiteRunner, options: StorageSuiteOptions): void {
  register(runner, options, { name: 'storage: nodes', tests: storageNodeTests });
}

function register(
  runner: SuiteRunner,
  options: StorageSuiteOptions,
  group: { readonly name: string; readonly tests: readonly StorageTest[] },
): void {
  const skipped = new Set(options.skips?.map((skip) => skip.test));
  refuseUnknown(skipped);
  const tests = group.tests.filter(([name]) => !skipped.has(name));
  // A runner may refuse a group that is empty.
  if (tests.length === 0) return;
  runner.describe(group.name, () => {
    for (const test of tests) runner.it(test[0], () => runOn(options, test));
  });
}

async function runOn(options: StorageSuiteOptions, [, body]: StorageTest): Promise<void> {
  const opened = await options.open();
  try {
    await body(opened.storage, opened);
  } finally {
    await opened.dispose();
  }
}

function refuseUnknown(skipped: ReadonlySet<string>): void {
  const groups = [
    storageKeyTests,
    storageOrderTests,
    storageSearchTests,
    storageTagTests,
    storageFilterTests,
    storageMetadataTests,
    storageSecretTests,
    storageRevocationTests,
    storageCatalogTests,
    storageInsightTests,
    storageSessionTests,
    storageArchiveTests,
    storageUsageTests,
    storageAtomicityTests,
    storageTimeTests,
    storageDurabilityTests,
    storageNodeTests,
  ];
  const known = new Set(groups.flatMap((tests) => tests.map(([name]) => name)));
  const unknown = [...skipped].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`The storage suite has no test of this name to skip: ${unknown.join('; ')}`);
}
