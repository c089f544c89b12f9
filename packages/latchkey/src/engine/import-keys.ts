/** Keys that were issued elsewhere: their records, with secrets that the old tokens still open. */
import { Digest } from '../domain/digest.js';
import { ConflictError, InvalidInputError, type InputIssue } from '../domain/errors.js';
import type { SecretRecord } from '../domain/key.js';
import type { Change } from '../ports/key-store.js';
import type { ImportedSecret, ImportKeyInput, Keys } from './api.js';
import { assertMayGrant } from './authority.js';
import { draftEvent } from './change.js';
import { LIBRARY_CONTEXT, newId, type UseCaseParts } from './context.js';
import { insertKey, type NewKey, readNewKey } from './create-key.js';
import { MAX_PER_LOCATOR } from './find-credential.js';
import { loggedKey } from './key-events.js';
import { createFieldReader, type FieldReader } from './key-input.js';
import { viewKey } from './key-view.js';

/** Records in one call: more go in several calls, each whole or not at all. */
const MAX_RECORDS = 1_000;

export function createImportKeys(parts: UseCaseParts, afterImport: () => Promise<void>): Keys['import'] {
  const { apply, clock } = parts;
  return async (records, context = LIBRARY_CONTEXT) => {
    const now = clock.now();
    if (records.length === 0 || records.length > MAX_RECORDS) {
      throw new InvalidInputError([{ pointer: '', message: `Give 1 to ${MAX_RECORDS} records in one call.` }]);
    }
    const issues: InputIssue[] = [];
    const drafts = records.map((record, index) => readRecord(record, `/${index}`, issues));
    if (issues.length > 0) throw new InvalidInputError(issues);

    const suspendedAt = await apply(async (change) => {
      const suspensions: (number | null)[] = [];
      for (const { draft, secret } of drafts) {
        await assertMayGrant(change, { actor: context.actor, granted: draft.key, now });
        suspensions.push((await insertKey(change, draft, { parts, now })).suspendedAt);
        await insertSecret(change, secret);
        const { id, owner } = draft.key;
        const after = loggedKey(draft.key, secret);
        await change.append(draftEvent({ action: 'key.imported', target: { type: 'key', id }, owner, after }, context, now));
      }
      return suspensions;
    });
    await afterImport();
    return drafts.map(({ draft, secret }, index) =>
      viewKey({ ...draft, secrets: [secret], ownerSuspendedAt: suspendedAt[index] ?? null, lastUse: null }, now),
    );

    function readRecord(record: ImportKeyInput, pointer: string, problems: InputIssue[]): { draft: NewKey; secret: SecretRecord } {
      const fields = createFieldReader();
      const draft = readNewKey(record, fields, { parts, context, now });
      const secret = readSecret(record.secret, draft.key.id, fields);
      try {
        fields.finish();
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        problems.push(...error.issues.map((issue) => ({ ...issue, pointer: pointer + issue.pointer })));
      }
      return { draft, secret: { ...secret, id: newId('sec', parts.entropy), createdAt: now } };
    }
  };
}

async function insertSecret(change: Change, secret: SecretRecord): Promise<void> {
  if (secret.digest !== null && (await change.secrets.exists(secret.digest))) {
    throw new ConflictError('already_imported', `The secret of the record with the hint ${secret.hint} is here already.`);
  }
  if (secret.locator !== null && (await change.secrets.countByLocator(secret.locator)) >= MAX_PER_LOCATOR) {
    throw new ConflictError(
      'already_imported',
      `More than ${MAX_PER_LOCATOR} secrets would be looked up by the same characters. Give more characters of each token in lookup.`,
    );
  }
  await change.secrets.insert(secret);
}

function readSecret(secret: ImportedSecret, keyId: string, fields: FieldReader): SecretRecord {
  const common = { id: '', keyId, pepperId: null, foreign: true, createdAt: 0, validUntil: null, lastUsedAt: null };
  if (secret.scheme === 'sha256') {
    const bytes = decodeDigest(secret.digest, secret.encoding);
    if (bytes === null) fields.refuse('/secret/digest', `Use the SHA-256 of the token, 32 bytes as ${secret.encoding}.`);
    return {
      ...common,
      scheme: 'sha256',
      digest: bytes === null ? null : Digest.of(bytes),
      encoded: null,
      locator: null,
      hint: secret.hint ?? '…',
    };
  }
  const { scheme, hash } = secret;
  if (!ENCODED[scheme].test(hash))
    fields.refuse('/secret/hash', `Use an encoded ${scheme} hash, beginning with ${scheme === 'bcrypt' ? '$2b$' : '$argon2id$'}.`);
  const end = 'start' in secret.lookup ? 'start' : 'end';
  const characters = 'start' in secret.lookup ? secret.lookup.start : secret.lookup.end;
  if (!/^[\x21-\x7e]{4,32}$/.test(characters)) {
    fields.refuse(
      `/secret/lookup/${end}`,
      'Use 4 to 32 visible ASCII characters of the token: enough to tell keys apart, too few to guess the rest.',
    );
  }
  const hint = end === 'start' ? `${characters.slice(0, 4)}…` : `…${characters.slice(-4)}`;
  return { ...common, scheme, digest: null, encoded: hash, locator: `${end}:${characters.length}:${characters}`, hint };
}

/** Costs are bounded: each use of an imported token computes the hash once. */
const ENCODED = {
  bcrypt: /^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/,
  argon2id: /^\$argon2id\$v=19\$m=\d{1,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/,
};

const ALPHABETS = { hex: /^[0-9a-f]{64}$/i, base64: /^[A-Za-z0-9+/]{43}=?$/, base64url: /^[A-Za-z0-9_-]{43}=?$/ };

function decodeDigest(text: string, encoding: 'hex' | 'base64' | 'base64url'): Buffer | null {
  if (!(encoding in ALPHABETS) || !ALPHABETS[encoding].test(text)) return null;
  const bytes = Buffer.from(text, encoding);
  return bytes.length === 32 ? bytes : null;
}
