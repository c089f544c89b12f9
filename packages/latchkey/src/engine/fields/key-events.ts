/** What the log says of a key: its fields as they are shown, and never anything of a secret but id and hint. */
import type { JsonObject, JsonValue } from '../../domain/json.js';
import type { KeyRecord, SecretRecord } from '../../domain/key.js';
import { isoOrNull } from '../../domain/time.js';

const TIMES = new Set(['notBefore', 'expiresAt', 'disabledAt', 'revokedAt', 'validUntil', 'suspendedAt', 'nextRefillAt', 'createdAt']);

/** Fields as the log keeps them: times as ISO 8601. */
export function loggedFields(fields: object): JsonObject {
  const logged: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields) as [string, JsonValue | undefined][]) {
    if (value !== undefined) logged[name] = TIMES.has(name) && typeof value === 'number' ? isoOrNull(value) : value;
  }
  return logged;
}

/** A new key, whole: every field but those that its entry in the audit log says already, and those that only a later change sets. */
export function loggedKey(key: KeyRecord, secret: Pick<SecretRecord, 'id' | 'hint' | 'scheme'>): JsonObject {
  const {
    id: _id,
    version: _version,
    createdAt: _at,
    createdBy: _by,
    disabledAt: _off,
    revokedAt: _end,
    revokedBy: _who,
    revokedReason: _why,
    ...shown
  } = key;
  const { bounds, ...fields } = shown;
  return {
    ...loggedFields({ ...fields, ...(bounds !== null && { bounds }) }),
    secret: { id: secret.id, hint: secret.hint, scheme: secret.scheme },
  };
}
