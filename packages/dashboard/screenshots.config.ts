import { defineConfig } from 'vitest/config';
import tests from '../../vitest.config.js';

/** The configuration of the tests, for the pictures instead of the tests. */
export default defineConfig({ ...tests, test: { ...tests.test, include: ['packages/dashboard/test/screenshots.ts'] } });
