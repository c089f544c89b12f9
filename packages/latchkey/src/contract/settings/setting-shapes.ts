/** The kinds of the settings whose values are the engine's own: environments, scopes, tiers and peppers. */
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import type { LimitInput } from '../../domain/limit.js';
import { parseLimits } from '../../domain/limit-input.js';
import { isScope, SCOPE_FORMAT } from '../../domain/scopes.js';
import { estimateSecretBits, OFFLINE_SECRET_BITS } from '../../domain/secret-strength.js';
import { isTierName } from '../../domain/text.js';
import { isEnvironmentName } from '../../domain/token.js';
import { unknownOptions } from '../../domain/unknown-options.js';
import { list, type Kind, type Refuse } from './setting-kinds.js';

/** A secret that is mixed into every stored digest, and is kept outside the database. */
export interface Pepper {
  /** 1 to 32 of `a-z 0-9 _ -`; stored beside each digest. */
  readonly id: string;
  /** At least 32 bytes, as text, of 112 bits of estimated entropy: a repetition or a sequence is refused. */
  readonly secret: string;
}

export type TierInputs = Readonly<Record<string, readonly LimitInput[]>>;

export const environmentNames = list({
  remedy: 'use a list such as ["live", "test"]',
  whyNot: (name) => {
    if (name === OPERATOR_ENVIRONMENT) return `"${OPERATOR_ENVIRONMENT}" is reserved for the tokens that open Latchkey's own API`;
    if (isEnvironmentName(name)) return null;
    return 'use 1 to 16 characters each: a lower-case letter first, then letters and digits, such as "live"';
  },
  ifEmpty: 'name at least one, such as "live"',
  distinct: true,
});

export const scopeNames = list({
  remedy: 'use a list such as ["articles:read"]',
  whyNot: (scope) => {
    if (!isScope(scope)) return `use ${SCOPE_FORMAT}`;
    return scope.includes('*') ? 'name each without "*"; what covers them with "*" may be given all the same' : null;
  },
  ifEmpty: 'name at least one, such as "articles:read", or leave the setting out for any',
  distinct: true,
});

export const tierTable: Kind<TierInputs> = {
  noun: 'object',
  placeholder: null,
  fromText: (text) => text,
  read(value, refuse) {
    if (!isObject(value)) {
      return refuse('use an object of lists of limits, such as {"free":[{"name":"daily","limit":100,"window":"1d"}]}');
    }
    const wrong = Object.entries(value).flatMap(([name, limits]) => whyNotTier(name, limits));
    for (const { remedy, at } of wrong) refuse(remedy, at);
    return wrong.length > 0 ? undefined : (value as TierInputs);
  },
};

interface Wrong {
  readonly remedy: string;
  readonly at?: string;
}

function whyNotTier(name: string, limits: unknown): readonly Wrong[] {
  if (!isTierName(name)) return [{ remedy: 'name each with 1 to 32 of a-z, 0-9, _ and -, such as "free"' }];
  const result = parseLimits(limits as readonly LimitInput[], '');
  if (result.ok) return [];
  return result.issues.map(({ pointer, message }) => ({ remedy: message, at: `.${name}${placeOf(pointer)}` }));
}

/** `[0].limit` for the pointer `/0/limit`. */
function placeOf(pointer: string): string {
  return pointer.replaceAll(/\/(?:(\d+)|(\w+))/g, (_, index: string | undefined, field: string) =>
    index === undefined ? `.${field}` : `[${index}]`,
  );
}

const PEPPERS_MAX = 4;
const PEPPER_FIELDS: Readonly<Record<keyof Pepper, true>> = { id: true, secret: true };
const PEPPER_ID = /^[a-z0-9_-]{1,32}$/;

/** As text `id:secret`, several separated by commas or line breaks, the newest first. */
export const pepperList: Kind<readonly Pepper[]> = {
  noun: 'list',
  placeholder: null,
  fromText(text, refuse) {
    const entries = text.split(/[,\r\n]+/).map((entry) => entry.trim());
    const read = entries.filter((entry) => entry !== '').map((entry) => /^([^:]+):(\S+)$/.exec(entry));
    const pairs = read.flatMap((match) => (match === null ? [] : [{ id: match[1] ?? '', secret: match[2] ?? '' }]));
    if (pairs.length === read.length && pairs.length > 0) return pairs;
    return refuse(
      'use id:secret, the newest first, separated by commas or line breaks, each secret of at least 32 bytes (openssl rand -base64 32)',
    );
  },
  read(value, refuse) {
    if (!Array.isArray(value) || !value.every(isObject)) return refuse('use a list such as [{ id: "p1", secret: process.env.PEPPER }]');
    let refused = false;
    const note: Refuse = (remedy, at) => {
      refused = true;
      return refuse(remedy, at);
    };
    value.forEach((pepper, index) => checkPepper(pepper, index, note));
    const peppers = value as unknown as readonly Pepper[];
    if (peppers.length > PEPPERS_MAX) note(`use at most ${PEPPERS_MAX}; drop those under which no secret is stored any more`);
    if (new Set(peppers.map(({ id }) => id)).size !== peppers.length) note('give each another id');
    return refused ? undefined : Object.freeze(peppers.map(({ id, secret }) => Object.freeze({ id, secret })));
  },
};

function checkPepper(pepper: Readonly<Record<string, unknown>>, index: number, refuse: Refuse): void {
  for (const [name, remedy] of unknownOptions(pepper, PEPPER_FIELDS)) refuse(remedy, `[${index}].${name}`);
  const { id, secret } = pepper;
  if (typeof id !== 'string' || !PEPPER_ID.test(id)) refuse('give each an id of 1 to 32 of a-z, 0-9, _ and -');
  else if (typeof secret !== 'string' || new TextEncoder().encode(secret).length < 32)
    refuse(`"${id}" has fewer than 32 bytes; make another (openssl rand -base64 32)`);
  // An older one still verifies what is stored under it.
  else if (index === 0 && estimateSecretBits(secret) < OFFLINE_SECRET_BITS)
    refuse(`"${id}" is easy to guess; make another (openssl rand -base64 32)`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
