import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultText, flagOf, LIBRARY_SETTINGS, variableOf } from 'latchkey/internal';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { INPUTS_PATH, PAGE_PATH, settingInputs, settingsPage } from '../../../../tools/reference/settings.js';
import { readConfig } from '../../src/config/index.js';
import { SETTING_GROUPS } from '../../src/config/settings.js';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('tables of settings', () => {
  const names = { defaultText, flagOf, variableOf };

  it('reference page: it is what the tables say (else run: node tools/reference/settings.js)', () => {
    expect(read(PAGE_PATH)).toBe(settingsPage(SETTING_GROUPS, names));
  });

  it('options of createLatchkey: their types and texts are what the tables say (else run: node tools/reference/settings.js)', () => {
    expect(read(INPUTS_PATH)).toBe(settingInputs(LIBRARY_SETTINGS, names));
  });
});

describe('docs/guides/configuration.md', () => {
  it('shows a file that can be used', () => {
    const file = blockOf('docs/guides/configuration.md', 'file');
    const reading = readConfig({ variables: {}, configFlag: 'latchkey.json', readText: () => file });
    expect(reading).toMatchObject({ problems: [], warnings: [], config: { prefix: 'acme' } });
  });
});

describe('docs/guides/dashboard.md', () => {
  it('shows variables for an identity provider that can be used', () => {
    const lines = blockOf('docs/guides/dashboard.md', 'oidc').trim().split('\n');
    const variables = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
    const reading = readConfig({ variables, configFlag: undefined, readText: () => 'a-secret-of-the-client' });
    expect(reading).toMatchObject({ problems: [], warnings: [], config: { oidcIssuer: 'https://login.example.com' } });
  });
});
