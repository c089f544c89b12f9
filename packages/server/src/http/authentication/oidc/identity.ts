/** Who somebody is to an issuer, and whether that lets them in. */
import type { JsonObject } from 'latchkey';
import type { OidcOptions } from './oidc-options.js';

export interface Identity {
  readonly subject: string;
  /** In lower case, and verified by the issuer; null where there is none that is. */
  readonly email: string | null;
  /** Those of the groups that are let in. */
  readonly groups: readonly string[];
}

type Rules = Pick<OidcOptions, 'allowedEmails' | 'allowedGroups' | 'groupsClaim'>;
type Claims = Readonly<Record<string, unknown>>;

/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
const EMAIL = /^[^\s\p{Cc}\p{Cf}@]{1,64}@[^\s\p{Cc}\p{Cf}@]{1,189}$/u;

/** From an issuer's claims; null where they name nobody. What is not said by the issuer to be verified is nobody's address. */
export function readIdentity(claims: Claims, { groupsClaim, allowedGroups }: Rules): Identity | null {
  const { sub, email, email_verified: verified } = claims;
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return null;
  const given = claims[groupsClaim];
  const groups = typeof given === 'string' ? [given] : Array.isArray(given) ? given : [];
  return {
    subject: sub,
    email: verified === true && typeof email === 'string' && EMAIL.test(email) ? email.toLowerCase() : null,
    groups: allowedGroups.filter((group) => groups.includes(group)),
  };
}

export function isAdmitted({ email, groups }: Identity, { allowedEmails, allowedGroups }: Rules): boolean {
  const byEmail =
    email !== null && allowedEmails.some((allowed) => (allowed.startsWith('@') ? email.endsWith(allowed) : email === allowed));
  return byEmail || groups.some((group) => allowedGroups.includes(group));
}

/** What a session notes, to be judged again at each request. */
export function identityDetails({ subject, email, groups }: Identity, { issuer }: Pick<OidcOptions, 'issuer'>): JsonObject {
  return { via: 'oidc', issuer, subject, email, groups };
}

/** As `identityDetails` wrote it; null for an identity of another issuer. */
export function readIdentityDetails(details: JsonObject, { issuer }: Pick<OidcOptions, 'issuer'>): Identity | null {
  const { subject, email, groups } = details;
  if (details['issuer'] !== issuer || typeof subject !== 'string') return null;
  return {
    subject,
    email: typeof email === 'string' ? email : null,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
  };
}

export function nameOf({ email, subject }: Identity): string {
  return email ?? subject;
}
