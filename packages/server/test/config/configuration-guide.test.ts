import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { readConfig } from '../../src/config/index.js';
import { settingsTable } from './settings-table.js';

const guide = readFileSync(new URL('../../../../docs/guides/configuration.md', import.meta.url), 'utf8');

/** A formatter pads the cells of a table. */
const cells = (line: string): string[] => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/^-+$/, '---'));

describe('docs/guides/configuration.md', () => {
  it('has the table of settings that the code has, line by line', () => {
    const table = guide.split('\n').filter((line) => line.startsWith('|'));
    expect(table.map(cells)).toEqual(settingsTable().map(cells));
  });

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
