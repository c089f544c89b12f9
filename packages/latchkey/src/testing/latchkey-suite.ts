/**
 * The conformance suites of what verifies and administers: an engine on any store, and any way to one. What they state is the
 * same whether the engine is called in the process or over a network, whatever stands between.
 *
 * The test runner is handed in (`describe` and `it` of vitest, node:test, mocha, …); each test opens an engine of its own.
 */
import { registerTests, type LatchkeySuiteOptions } from './latchkey-suite-fixture.js';
import { bulkTests } from './management-bulk-tests.js';
import { keyTests } from './management-key-tests.js';
import { recordTests } from './management-record-tests.js';
import { tokenTests } from './management-token-tests.js';
import { versionTests } from './management-version-tests.js';
import { walkTests } from './management-walk-tests.js';
import type { SuiteRunner } from './suite-runner.js';
import { chargeTests } from './verifier-charge-tests.js';
import { verdictTests } from './verifier-verdict-tests.js';

export type { Circumstances, LatchkeySuiteOptions, OpenedLatchkey, OperatorKey } from './latchkey-suite-fixture.js';

/** Both suites. */
export function latchkeySuite(runner: SuiteRunner, options: LatchkeySuiteOptions): void {
  verifierSuite(runner, options);
  managementSuite(runner, options);
}

/** Every code, in the order of the steps; and what is charged for it, exactly. */
export function verifierSuite(runner: SuiteRunner, options: LatchkeySuiteOptions): void {
  registerTests(runner, options, { name: 'verifier: verdicts', tests: verdictTests });
  registerTests(runner, options, { name: 'verifier: charges', tests: chargeTests });
}

/** What is changed holds when it is answered, is logged, and is refused by errors of the same kinds everywhere. */
export function managementSuite(runner: SuiteRunner, options: LatchkeySuiteOptions): void {
  registerTests(runner, options, { name: 'management: keys', tests: keyTests });
  registerTests(runner, options, { name: 'management: keys of a filter', tests: bulkTests });
  registerTests(runner, options, { name: 'management: versions of keys', tests: versionTests });
  registerTests(runner, options, { name: 'management: chosen tokens', tests: tokenTests });
  registerTests(runner, options, { name: 'management: records', tests: recordTests });
  registerTests(runner, options, { name: 'management: walks', tests: walkTests });
}
