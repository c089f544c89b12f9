/** The settings as an operator may see them: of a secret, that there is one; of an address, nothing that opens it. */
import { settingList, type Config } from './settings.js';

export interface SettingDescription {
  /** The variable, or the field of the file for what only the file can say. */
  readonly name: string;
  /** As one would write it; null where nothing is set, and for a secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly secret: boolean;
  readonly set: boolean;
  readonly description: string;
}

export function describeSettings(config: Config): readonly SettingDescription[] {
  return settingList().map(({ field, variable, secret = false, fallback, description }) => {
    const value = textOf(config[field]);
    return {
      name: variable ?? field,
      value: secret || value === null ? null : withoutCredentials(value),
      isDefault: value === textOf(fallback),
      secret,
      set: value !== null,
      description,
    };
  });
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && value.length === 0) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of a URL with a host, that and its path: a password may stand before it, or in its query. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#,\s]*@)?([^?#,\s]*)(?:[?#][^,\s]*)?/gi, '$1$2');
}
