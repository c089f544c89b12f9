/**
 * The conformance suite of self-service: what owners may do with keys of their own, by whatever way they ask. It is the same for
 * an engine in the process and for a client of its routes, in the service or in a host application.
 */
import type { SelfServicePolicy } from '../engine/api/index.js';
import type { SettingsInput } from '../contract/settings/setting-inputs.js';
import type { OwnKeysSuiteOptions } from './own-keys-suite-options.js';
import { ownKeysTests } from './own-keys-tests.js';
import type { SuiteRunner } from './suite-runner.js';
import { createTestClock } from './test-clock.js';

export type { OpenedOwnKeys, OwnKeysCircumstances, OwnKeysSomehow, OwnKeysSuiteOptions } from './own-keys-suite-options.js';

const SETTINGS: SettingsInput = { tiers: { free: [], pro: [] } };
const POLICY: SelfServicePolicy = { scopes: ['articles:*', 'news:read'], tiers: ['free', 'pro'], defaultTier: 'free', maxKeys: 3 };

export function ownKeysSuite({ describe, it }: SuiteRunner, options: OwnKeysSuiteOptions): void {
  describe('own keys', () => {
    for (const [name, body, policy = {}] of ownKeysTests) {
      it(name, async () => {
        const clock = createTestClock();
        const { dispose, ...opened } = await options.open({ settings: SETTINGS, policy: { ...POLICY, ...policy }, clock });
        try {
          await body({ ...opened, clock });
        } finally {
          await dispose();
        }
      });
    }
  });
}
