import { defineConfig } from 'vitest/config';
import tests from '../../vitest.config.js';

const { projects: _projects, ...test } = tests.test ?? {};

/** The configuration of the tests, for the pictures instead of the tests. */
export default defineConfig({ ...tests, test: { ...test, include: ['packages/dashboard/test/screenshots.ts'] } });
