/** The part of a test runner that the suites need: `describe` and `it` of vitest, node:test, mocha, … */
export interface SuiteRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}
