/** The settings as an operator may see them: of a secret, that there is one; of an address, nothing that opens it. */
import { showDatabase } from 'latchkey/internal';
import type { ServiceSetting } from 'latchkey/client';
import { variableOf, type Setting } from 'latchkey/internal';
import { SETTINGS, type Config } from './settings.js';

export function describeSettings(config: Config): readonly ServiceSetting[] {
  return Object.entries<Setting>(SETTINGS).map(([field, row]) => {
    const value = shownOf(field as keyof Config, config);
    const secret = row.secret === 'value';
    return {
      name: variableOf(field, row) ?? field,
      value: secret || value === null ? null : withoutCredentials(value),
      isDefault: value === textOf(row.fallback),
      secret,
      set: value !== null,
      description: row.description,
    };
  });
}

/** The addresses in which a password may stand, each by the rules of its own form. */
function shownOf(field: keyof Config, config: Config): string | null {
  if (field === 'database') return showDatabase(config.database);
  if (field === 'redis') return config.redis?.replace(/^([a-z+]+:\/\/)(?:[^/]*@)?/i, '$1') ?? null;
  return textOf(config[field]);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && value.length === 0) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of a URL with a host, that and its path: a password may stand before it, or in its query. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/(?<![a-z0-9+.-])([a-z0-9+.-]+:\/\/)(?:[^/?#,\s]*@)?([^?#,\s]*)(?:[?#][^,\s]*)?/gi, '$1$2');
}
