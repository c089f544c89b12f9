// @ts-check
/** The order of test files: first those that wait for other processes, and at the end the short ones, so that no worker is left over. */
import { join } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { ROOT } from './steps.js';
import { testSets } from './test-sets.js';

/** @typedef {import('vitest/node').TestSpecification} TestSpecification */

export class WaitingFirst extends BaseSequencer {
  /**
   * @override
   * @param {TestSpecification[]} files
   * @returns {Promise<TestSpecification[]>}
   */
  async sort(files) {
    const sorted = await super.sort(files);
    const quick = new Set(testSets.quick.map((path) => join(ROOT, path)));
    const isQuick = (/** @type {TestSpecification} */ { moduleId }) => quick.has(moduleId);
    return [...sorted.filter((file) => !isQuick(file)), ...sorted.filter(isQuick)];
  }
}
