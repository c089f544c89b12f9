/** Records of sessions: how a new one is made, and what is shown of one. */
import { BOUNDS } from '../../domain/bounds.js';
import { sha256 } from '../../domain/credential-digest.js';
import type { JsonObject } from '../../domain/json.js';
import { idleEnd, type SessionKind, type SessionRecord } from '../../domain/session.js';
import { mintToken, parseToken, randomBase62, type Token } from '../../domain/token.js';
import type { UseCaseParts } from '../changes/context.js';
import type { Session } from '../api/sessions.js';

/** What stands in the place of the environment in their tokens. */
const WORDS: Readonly<Record<SessionKind, string>> = { operator: 'session', portal: 'portal', link: 'link' };

export interface NewSession {
  readonly kind: SessionKind;
  readonly subject: string;
  readonly details: (token: Token) => JsonObject;
  readonly idleMs: number | null;
  /** Null: as late as it may be. */
  readonly expiresAt: number | null;
  readonly openedBy: string | null;
  readonly madeBy: string | null;
}

/** A session with a token of its own: 256 random bits in the format of our tokens, so that whatever looks for those finds it too. */
export function newSession(
  { entropy, settings }: UseCaseParts,
  { expiresAt, details, ...fields }: NewSession,
  now: number,
): { readonly record: SessionRecord; readonly token: Token } {
  const random = (length: number): Uint8Array => entropy.bytes(length);
  const token = mintToken(settings.prefix, WORDS[fields.kind], random);
  const record = {
    ...fields,
    details: details(token),
    id: `ses_${randomBase62(16, random)}`,
    digest: sha256(token.reveal()),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: Math.min(expiresAt ?? Number.MAX_SAFE_INTEGER, now + BOUNDS.sessionMs),
    usedAt: null,
  };
  return { record, token };
}

export function viewSession(session: SessionRecord): Session {
  const { id, kind, subject, details, createdAt, lastSeenAt, expiresAt, openedBy } = session;
  return { id, kind, subject, details, createdAt, lastSeenAt, idleExpiresAt: idleEnd(session), expiresAt, openedBy };
}

/** A text that is none of ours needs no look-up. */
export function isSessionToken(text: string): boolean {
  return text.length <= BOUNDS.tokenLength && parseToken(text) !== null;
}
