// @ts-check
/** The order of test files: first those that wait for other processes, and at the end the short ones, so that no worker is left over. */
import { BaseSequencer } from 'vitest/node';

/** @typedef {import('vitest/node').TestSpecification} TestSpecification */

export class WaitingFirst extends BaseSequencer {
  /**
   * @override
   * @param {TestSpecification[]} files
   * @returns {Promise<TestSpecification[]>}
   */
  async sort(files) {
    const sorted = await super.sort(files);
    const isQuick = (/** @type {TestSpecification} */ { project }) => project.name === 'quick';
    return [...sorted.filter((file) => !isQuick(file)), ...sorted.filter(isQuick)];
  }
}
