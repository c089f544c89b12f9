/** Keys that were issued elsewhere: their records, with secrets that the old tokens still open. */
import type { CallContext } from '../../domain/actor.js';
import { Digest } from '../../domain/digest.js';
import { InvalidInputError, type InputIssue } from '../../domain/errors.js';
import type { SecretRecord } from '../../domain/key.js';
import { unknownName } from '../../domain/nearest-name.js';
import { parseInput, type Refuse } from '../../contract/index.js';
import { importedKeyInput } from '../../contract/calls/key-inputs.js';
import type { ImportedSecret, ImportKeyInput, KeyView } from '../api/index.js';
import { draftEvent } from '../changes/change.js';
import { LIBRARY_CONTEXT, newId, type UseCaseParts, type KeyUseCases } from '../changes/context.js';
import { insertKey, type NewKey, newKeyOf, newKeyRules } from './create-key.js';
import { FOREIGN_SECRET, insertForeignSecret } from './foreign-secret.js';
import type { NewKeyFields } from './key-rules.js';
import { loggedKey } from '../fields/key-events.js';
import { viewKey } from '../fields/key-view.js';
import { assertObject } from '../fields/takes.js';

/** Records in one call: more go in several calls, each whole or not at all. */
const MAX_RECORDS = 1_000;

export function createImportKeys(parts: UseCaseParts): KeyUseCases['import'] {
  const { apply, clock } = parts;
  return async (records, context = LIBRARY_CONTEXT) => {
    if (!Array.isArray(records as unknown) || records.length === 0 || records.length > MAX_RECORDS) {
      throw new InvalidInputError([{ pointer: '', message: `Give 1 to ${MAX_RECORDS} records in one call.` }]);
    }
    records.forEach((record, index) => {
      assertObject(record, `/${index}`);
      assertObject(record.secret, `/${index}/secret`);
    });
    readRecords(records, { parts, context, now: clock.now() });
    const { value: views } = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const imported: KeyView[] = [];
      for (const { draft, secret } of readRecords(records, { parts, context, now })) {
        await may.assertMayGrant(draft.key);
        const {
          key,
          owner: { suspendedAt },
        } = await insertKey(change, draft, { parts, now });
        await insertForeignSecret(change, secret);
        const { id, owner } = key;
        const after = loggedKey(key, secret);
        await change.append(draftEvent({ action: 'key.imported', target: { type: 'key', id }, owner, after }, context, now));
        imported.push(viewKey({ ...draft, key, secrets: [secret], ownerSuspendedAt: suspendedAt, lastUse: null, uses: 0 }, now));
      }
      return imported;
    });
    return views;
  };
}

interface Reading {
  readonly parts: UseCaseParts;
  readonly context: CallContext;
  readonly now: number;
}

interface ReadRecord {
  readonly draft: NewKey;
  readonly secret: SecretRecord;
}

/** Throws an InvalidInputError with the problems of all records. */
function readRecords(records: readonly ImportKeyInput[], reading: Reading): readonly ReadRecord[] {
  const problems: InputIssue[] = [];
  const read = records.map((record, index) => {
    const { fields, issues } = parseInput(importedKeyInput, record, newKeyRules(reading.parts.settings, reading.now));
    const refuse: Refuse = (pointer, message) => problems.push({ pointer: `/${index}${pointer}`, message });
    for (const { pointer, message } of issues) refuse(pointer, message);
    const secret = readSecret(record.secret, refuse);
    return { fields, secret };
  });
  if (problems.length > 0) throw new InvalidInputError(problems);
  return read.map(({ fields, secret }) => {
    const draft = newKeyOf(fields as NewKeyFields, reading);
    return { draft, secret: { ...secret, id: newId('sec', reading.parts.entropy), keyId: draft.key.id, createdAt: reading.now } };
  });
}

function readSecret(secret: ImportedSecret, refuse: Refuse): SecretRecord {
  const isSlow = secret.scheme !== 'sha256';
  refuseOthers(secret, isSlow ? ['scheme', 'hash', 'lookup'] : ['scheme', 'digest', 'encoding', 'hint'], refuse);
  if (secret.scheme === 'sha256') {
    const bytes = decodeDigest(secret.digest, secret.encoding);
    if (secret.hint !== undefined && !/^[\x21-\x7e…]{1,12}$/u.test(secret.hint)) {
      refuse('/secret/hint', 'Use 1 to 12 visible characters: what may be shown of the token, such as "sk_…6789".');
    }
    if (!Object.hasOwn(ALPHABETS, secret.encoding)) refuse('/secret/encoding', `Use ${Object.keys(ALPHABETS).join(', ')}.`);
    else if (bytes === null) refuse('/secret/digest', `Use the SHA-256 of the token, 32 bytes as ${secret.encoding}.`);
    return { ...FOREIGN_SECRET, digest: bytes === null ? null : Digest.of(bytes), hint: secret.hint ?? FOREIGN_SECRET.hint };
  }
  const { scheme, hash } = secret;
  if (!SLOW_SCHEMES.includes(scheme)) refuse('/secret/scheme', 'Use sha256, bcrypt or argon2id.');
  const trouble = SLOW_SCHEMES.includes(scheme) ? whyNotHash(scheme, hash) : null;
  if (trouble !== null) refuse('/secret/hash', trouble);
  const lookup: Partial<Record<'start' | 'end', string>> | undefined = secret.lookup;
  const end = lookup?.start === undefined ? 'end' : 'start';
  const given: unknown = lookup?.[end];
  const characters = typeof given === 'string' ? given : '';
  if (!/^[\x21-\x7e]{4,12}$/.test(characters)) {
    refuse(
      `/secret/lookup/${end}`,
      'Use 4 to 12 visible ASCII characters of the token: enough to tell keys apart, too few to guess the rest.',
    );
  }
  const hint = end === 'start' ? `${characters.slice(0, 4)}…` : `…${characters.slice(-4)}`;
  return { ...FOREIGN_SECRET, scheme, encoded: hash, locator: `${end}:${characters.length}:${characters}`, hint };
}

function refuseOthers(secret: object, known: readonly string[], refuse: Refuse): void {
  for (const name of Object.keys(secret)) if (!known.includes(name)) refuse(`/secret/${name}`, unknownName('field', name, known));
}

const SLOW_SCHEMES: readonly string[] = ['bcrypt', 'argon2id'];

const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/;

/** What is wrong with an encoded hash, or null. Costs are bounded: whoever knows the locator can have it computed. */
function whyNotHash(scheme: 'bcrypt' | 'argon2id', hash: string): string | null {
  const [, ...costs] = (scheme === 'bcrypt' ? BCRYPT : ARGON2ID).exec(hash) ?? [];
  if (costs.length === 0) return `Use an encoded ${scheme} hash, beginning with ${scheme === 'bcrypt' ? '$2b$' : '$argon2id$v=19$'}.`;
  const [first = 0, second = 0, third = 0] = costs.map(Number);
  if (scheme === 'bcrypt') return first >= 4 && first <= 14 ? null : 'Use a bcrypt hash with a cost of 4 to 14.';
  const bounded = first >= 8 && first <= 262_144 && second >= 1 && second <= 10 && third >= 1 && third <= 4;
  return bounded ? null : 'Use an argon2id hash with m (KiB) of at most 262144, t of at most 10 and p of at most 4.';
}

const ALPHABETS = { hex: /^[0-9a-f]{64}$/i, base64: /^[A-Za-z0-9+/]{43}=?$/, base64url: /^[A-Za-z0-9_-]{43}=?$/ };

function decodeDigest(text: string, encoding: 'hex' | 'base64' | 'base64url'): Buffer | null {
  if (!Object.hasOwn(ALPHABETS, encoding) || !ALPHABETS[encoding].test(text)) return null;
  const bytes = Buffer.from(text, encoding);
  return bytes.length === 32 ? bytes : null;
}
