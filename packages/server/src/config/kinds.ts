/** The kinds of values that a setting takes, from text (variables, flags) and from JSON (the file) alike. */
import type { LimitInput, Pepper } from 'latchkey';
import { estimateSecretBits, ONLINE_SECRET_BITS, parseIpRule } from 'latchkey/edge';

export interface Kind<Value> {
  /** Undefined where `raw` is none of this kind. */
  parse(raw: unknown): Value | undefined;
  /** What would be right, to follow the name of the setting and a colon. Never the value that was given. */
  readonly expected: string;
  /** How a flag's help names the value; null for a flag that stands alone. */
  readonly placeholder: string | null;
}

export function text(expected: string, accepts: RegExp, placeholder = '<text>'): Kind<string> {
  return { expected, placeholder, parse: (raw) => (typeof raw === 'string' && accepts.test(raw) ? raw : undefined) };
}

/** An address or a host name to listen on. */
export const listenHost = text(
  'use an address or host name to listen on, such as 127.0.0.1, or 0.0.0.0 for every network',
  /^[A-Za-z0-9._:-]{1,253}$/,
  '<address>',
);

export const path = text('use the path of a file', /./, '<path>');

export const duration = text('use a duration such as "90d"', /^/, '<duration>');

/** At least 16 visible ASCII characters that nobody guesses over the network. */
export const adminKey: Kind<string> = {
  expected: 'use at least 16 visible ASCII characters without spaces that are hard to guess; make one with: openssl rand -base64 32',
  placeholder: null,
  parse(raw) {
    if (typeof raw !== 'string' || !/^[\x21-\x7e]{16,512}$/.test(raw)) return undefined;
    return estimateSecretBits(raw) >= ONLINE_SECRET_BITS ? raw : undefined;
  },
};

export function integer(min: number, max: number): Kind<number> {
  return {
    expected: `use a whole number from ${min} to ${max}`,
    placeholder: '<number>',
    parse(raw) {
      const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw;
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
    },
  };
}

/** An address, absolute or, where `accepts` lets it be, a path of this service. Kept as it was written. */
export function url(expected: string, accepts: (address: URL, given: string) => boolean): Kind<string> {
  return {
    expected,
    placeholder: '<url>',
    parse(raw) {
      const address = typeof raw === 'string' && URL.canParse(raw, OWN) ? new URL(raw, OWN) : null;
      return typeof raw === 'string' && address !== null && accepts(address, raw) ? raw : undefined;
    },
  };
}

/** What a path is of. */
const OWN = 'path://service';

export const flag: Kind<boolean> = {
  expected: 'use true or false',
  placeholder: null,
  parse: (raw) =>
    raw === true || raw === 'true' || raw === '1' ? true : raw === false || raw === 'false' || raw === '0' ? false : undefined,
};

export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    expected: `use one of ${words.join(', ')}`,
    placeholder: `<${words.join('|')}>`,
    parse: (raw) => words.find((word) => word === raw),
  };
}

/** Comma-separated text, or an array of texts. */
export function list(expected: string, accepts: (item: string) => boolean): Kind<readonly string[]> {
  return {
    expected,
    placeholder: '<a,b,…>',
    parse(raw) {
      const items: unknown = typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw;
      return Array.isArray(items) && items.every((item): item is string => typeof item === 'string' && accepts(item)) ? items : undefined;
    },
  };
}

/** An address, or a block of addresses in CIDR notation. */
export function isAddressBlock(item: string): boolean {
  return parseIpRule(item).ok;
}

/** `id:secret`, several separated by commas or line breaks, the newest first. */
export const peppers: Kind<readonly Pepper[]> = {
  expected:
    'use id:secret, the newest first, separated by commas or line breaks, each secret of at least 32 bytes (openssl rand -base64 32)',
  placeholder: null,
  parse(raw) {
    if (typeof raw !== 'string') return undefined;
    const entries = raw.split(/[,\r\n]+/).map((entry) => entry.trim());
    const read = entries.filter((entry) => entry !== '').map((entry) => /^([a-z0-9_-]{1,32}):(\S+)$/.exec(entry));
    const pairs = read.flatMap((match) => (match === null ? [] : [{ id: match[1] ?? '', secret: match[2] ?? '' }]));
    return pairs.length === read.length && pairs.length > 0 ? pairs : undefined;
  },
};

function structure<Value>(expected: string, accepts: (raw: unknown) => raw is Value): Kind<Value> {
  return { expected, placeholder: null, parse: (raw) => (accepts(raw) ? raw : undefined) };
}

/** Tiers and their limits; only the outline: the engine checks what a limit may be. */
export const tiers: Kind<Readonly<Record<string, readonly LimitInput[]>>> = structure(
  'use an object of lists of limits, such as {"free":[{"name":"daily","limit":100,"window":"1d"}]}',
  (raw): raw is Readonly<Record<string, readonly LimitInput[]>> => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return false;
    return Object.values(raw).every(
      (limits) => Array.isArray(limits) && limits.every((limit) => typeof limit === 'object' && limit !== null),
    );
  },
);
