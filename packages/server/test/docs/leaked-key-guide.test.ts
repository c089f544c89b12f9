import { describe, expect, it } from 'vitest';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { openService } from '../http/service.js';

const pattern = blockOf('docs/guides/leaked-key.md', 'pattern').trim();
const rule = blockOf('docs/guides/leaked-key.md', 'gitleaks');

describe('docs/guides/leaked-key.md', () => {
  it('pattern: finds tokens in a text, and not what is longer or shorter', async () => {
    const service = await openService();
    const { token } = await service.issue();
    await service.close();
    const found = (text: string): readonly string[] => text.match(new RegExp(pattern, 'g')) ?? [];
    expect(found(`KEY="${token}"; key: ${token}`)).toEqual([token, token]);
    for (const other of [`${token}x`, token.slice(0, -1), token.replace('acme', 'other')]) expect(found(other)).toEqual([]);
  });

  it('rule of gitleaks: has the same pattern, and keywords that every token has', () => {
    const ruled = /^regex = '''(.*)'''$/m.exec(rule)?.[1] ?? '';
    expect(ruled).toBe(pattern.replace(/^\\b(.*)\\b$/, String.raw`\b($1)\b`));
    const keywords = JSON.parse(/^keywords = (\[.*\])$/m.exec(rule)?.[1] ?? '[]') as string[];
    expect(keywords).toEqual(['live', 'test', 'operator'].map((environment) => `acme_${environment}_`));
  });
});
