/**
 * Who there is in a database of a given size: owners, keys, secrets, uses and the changes that made them.
 *
 * Everything follows from its number, so that a row and the log's entry about it are made at different times without
 * either being kept, and the same size gives the same database.
 */
import { hash } from 'node:crypto';
import { sha256 } from '../../packages/latchkey/dist/domain/credential-digest.js';
import { mintToken } from '../../packages/latchkey/dist/domain/token.js';
import { draftEvent } from '../../packages/latchkey/dist/engine/changes/change.js';
import { LIBRARY_CONTEXT, newId } from '../../packages/latchkey/dist/engine/changes/context.js';
import { loggedFields, loggedKey } from '../../packages/latchkey/dist/engine/fields/key-events.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const YEARS_MS = 730 * DAY_MS;
export const USAGE_DAYS = 90;
/** Keys of the one owner that has very many: a twentieth of all, and no more than this. */
const LARGEST_OWNER = 50_000;
/** Rows of usage for each key, on average. */
const USED_HOURS = 3.5;

export const TIERS = [
  { name: 'free', share: 0.7, limits: [{ name: 'daily', limit: 1_000, windowMs: DAY_MS, algorithm: 'fixed-window' }] },
  { name: 'basic', share: 0.18, limits: [{ name: 'daily', limit: 100_000, windowMs: DAY_MS, algorithm: 'fixed-window' }] },
  { name: 'pro', share: 0.09, limits: [{ name: 'second', limit: 10_000, windowMs: 1_000, algorithm: 'token-bucket' }] },
];
const WORDS = [
  'Production',
  'Staging',
  'Nightly',
  'Mobile',
  'Orders',
  'Billing',
  'Search',
  'Export',
  'Partner',
  'Internal',
  'Reports',
  'Mail',
];
const SCOPES = [['articles:read'], ['articles:read', 'articles:write'], ['orders:*'], []];
/** By tag, one of how many keys has it. */
const TAGS = { 'team:payments': 4, 'region:eu': 2, legacy: 1_000, 'incident:17': 100_000 };
/** A name that one key has. */
export const RARE_NAME = 'Quokka at Zanzibar';

/** In the order in which they are stored. */
function tagsOf(number) {
  return Object.keys(TAGS)
    .filter((tag) => number % TAGS[tag] === 1)
    .toSorted();
}

/** @param {{ readonly keys: number, readonly now: number }} size */
export function createPopulation({ keys, now }) {
  const ownerOf = shareOut(keys);
  const owners = ownerOf.reduce((most, owner) => Math.max(most, owner), 0) + 1;
  const first = now - YEARS_MS;
  const last = now - DAY_MS;

  const ownerId = (number) => (number === 0 ? 'largest-customer' : `customer-${hash('sha256', `owner ${number}`, 'hex').slice(0, 10)}`);

  const ids = [];
  /** Asked for so often that it is kept. */
  const keyId = (number) => (ids[number] ??= newId('key', entropyOf(`key ${number}`)));

  /** Key `number`, in the order of creation, with its secrets and whatever else stands beside it. */
  function keyAt(number) {
    const chance = chances(number);
    const createdAt = first + Math.floor(((last - first) * number) / keys);
    const environment = chance() < 0.85 ? 'live' : 'test';
    const revoked = number % 17 === 5;
    const key = {
      id: keyId(number),
      name: number === Math.floor(keys / 3) ? RARE_NAME : `${pick(WORDS, chance)} ${pick(WORDS, chance).toLowerCase()} ${number}`,
      description: null,
      owner: ownerId(ownerOf[number]),
      tier: tierOf(chance()),
      environment,
      scopes: pick(SCOPES, chance),
      tags: tagsOf(number),
      createdAt,
      createdBy: 'library',
      notBefore: chance() < 0.005 ? now + 30 * DAY_MS : null,
      expiresAt: number % 4 === 1 ? createdAt + 90 * DAY_MS + Math.floor(chance() * YEARS_MS) : null,
      disabledAt: number % 53 === 7 ? Math.max(createdAt, now - 20 * DAY_MS) : null,
      revokedAt: revoked ? Math.max(createdAt, now - 30 * DAY_MS) : null,
      revokedBy: revoked ? 'library' : null,
      revokedReason: revoked ? 'unused for a year' : null,
      ipRules: number % 31 === 11 ? ['203.0.113.0/24'] : [],
      limits: number % 47 === 2 ? [{ name: 'hourly', limit: 500, windowMs: HOUR_MS, algorithm: 'fixed-window' }] : [],
      metadata: number % 10 === 3 ? { contract: `C-${number}` } : {},
      bounds: null,
    };
    const token = mintToken('lk', environment, (length) => entropyOf(`token ${number}`).bytes(length));
    const current = secretOf({ key, token, kind: 'current', validUntil: null });
    const rotated = number % 20 === 9;
    const before = () => {
      const token = mintToken('lk', environment, (length) => entropyOf(`old token ${number}`).bytes(length));
      return secretOf({ key, token, kind: 'old', validUntil: createdAt + DAY_MS });
    };
    const secrets = rotated ? [before(), current] : [current];
    return { key, token, secrets, lastUse: lastUseOf(number, createdAt), credits: number % 101 === 3 ? CREDITS : null };
  }

  function secretOf({ key, token, kind, validUntil }) {
    return {
      id: newId('sec', entropyOf(`${kind} ${key.id}`)),
      keyId: key.id,
      scheme: 'sha256',
      pepperId: null,
      digest: sha256(token.reveal()),
      encoded: null,
      locator: null,
      foreign: false,
      hint: token.hint,
      createdAt: key.createdAt,
      validUntil,
      retired: false,
      lastUsedAt: null,
    };
  }

  /** Three of five keys were ever used, half of these within the last weeks. */
  function lastUseOf(number, createdAt) {
    if (!isUsed(number)) return null;
    const at = number % 2 === 0 ? now - ((number * 7_919) % (20 * DAY_MS)) : createdAt + HOUR_MS;
    return { at: Math.min(Math.max(at, createdAt), now), address: `198.51.100.${number % 256}`, userAgent: 'shop/2.1' };
  }

  return {
    keys,
    owners,
    now,
    keyId,
    keyAt,
    ownerAt: (number) => ({
      id: ownerId(number),
      name: number % 10 === 9 ? null : `${WORDS[number % WORDS.length]} company ${number}`,
      description: null,
      limits: [],
      maxKeys: null,
      metadata: {},
      createdAt: first,
      suspendedAt: number % 97 === 13 ? now - DAY_MS : null,
      suspendedReason: number % 97 === 13 ? 'unpaid' : null,
    }),
    tiers: TIERS.map(({ name, limits }) => ({ name, limits, configured: false, createdAt: first, updatedAt: first })),
    /** What the log says, in the order in which it came about: each key's creation, then what became of the keys. */
    *drafts() {
      for (const { name, limits } of TIERS)
        yield draftEvent({ action: 'tier.created', target: { type: 'tier', id: name }, after: { limits } }, LIBRARY_CONTEXT, first);
      for (let number = 0; number < keys; number++) {
        const { key, secrets } = keyAt(number);
        const after = loggedKey(key, secrets.at(-1));
        yield draftEvent(
          { action: 'key.created', target: { type: 'key', id: key.id }, owner: key.owner, after },
          LIBRARY_CONTEXT,
          key.createdAt,
        );
      }
      for (const [action, every, from, field] of [
        ['key.revoked', 17, 5, 'revokedAt'],
        ['key.disabled', 53, 7, 'disabledAt'],
      ]) {
        for (let number = from; number < keys; number += every) {
          const { key } = keyAt(number);
          const change = { before: { [field]: null }, after: loggedFields({ [field]: key[field] }) };
          const body = { action, target: { type: 'key', id: key.id }, owner: key.owner, reason: 'unused for a year', ...change };
          yield draftEvent(body, LIBRARY_CONTEXT, Math.max(last, key[field]));
        }
      }
    },
    /** Hours of usage, the oldest first, each with the numbers of the keys that were used in it. */
    *usedHours() {
      const hours = USAGE_DAYS * 24;
      const inAnHour = Math.max(2, Math.floor((keys * USED_HOURS) / hours));
      const latest = now - (now % HOUR_MS);
      for (let ago = hours - 1; ago >= 0; ago--) {
        const numbers = new Set();
        // Some are used in every hour, most now and then.
        for (let n = 0; n < inAnHour; n++) {
          const number = n < inAnHour / 10 ? n * 2 : Math.floor((((ago * inAnHour + n) * 0.6180339887) % 1) * keys);
          if (number < keys && isUsed(number)) numbers.add(number);
        }
        yield { hour: latest - ago * HOUR_MS, numbers: [...numbers] };
      }
    },
  };
}

const CREDITS = { remaining: 1_000, refill: null, nextRefillAt: null };

/** Returns whether a key was ever used. Cheap, because millions are asked about. */
function isUsed(number) {
  return number % 5 < 3;
}

/** Returns the number of each key's owner. Most owners have 1 to 10 keys, some up to 60, a few hundreds, and one very many. */
function shareOut(keys) {
  const ownerOf = new Uint32Array(keys);
  let taken = Math.min(LARGEST_OWNER, Math.floor(keys / 20));
  for (let owner = 1; taken < keys; owner++) {
    const size = owner % 1_000 === 999 ? 100 + (owner % 900) : owner % 10 === 9 ? 11 + (owner % 50) : 1 + (owner % 10);
    ownerOf.fill(owner, taken, Math.min(keys, taken + size));
    taken += size;
  }
  shuffle(ownerOf);
  return ownerOf;
}

/** Fisher and Yates, the same each time. */
export function shuffle(numbers) {
  const chance = chances(numbers.length);
  for (let i = numbers.length - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
}

function tierOf(chance) {
  let share = 0;
  return TIERS.find((tier) => chance < (share += tier.share))?.name ?? null;
}

function pick(list, chance) {
  return list[Math.floor(chance() * list.length)];
}

/** Mulberry32 (Tommy Ettinger): numbers from 0 to 1 that follow from a seed. */
function chances(seed) {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The bytes that a name stands for, as an entropy. */
function entropyOf(name) {
  let drawn = 0;
  return {
    bytes(length) {
      const parts = [];
      for (let have = 0; have < length; have += 32) parts.push(hash('sha256', `${name} ${drawn++}`, 'buffer'));
      return Buffer.concat(parts).subarray(0, length);
    },
  };
}
