/** The refusals of a verification, with all that a trusted asker may know. */
import { lackingScopes } from '../../domain/scopes.js';
import type { Refusal, RefusalCode } from '../../domain/verdict.js';
import { toVerifiedKey } from '../cache/cached-credential.js';
import { type RefusalCase, refusalMessage } from './refusal-message.js';

export function refusal(code: RefusalCode, about: RefusalCase): Refusal {
  const { credential, request, now } = about;
  const refused: Refusal = {
    valid: false,
    code,
    message: refusalMessage(code, about),
    key: credential === null ? null : toVerifiedKey(credential),
    degraded: false,
  };
  if (credential === null) return refused;
  if (code === 'insufficient_scope' && request !== null) return { ...refused, ...lackingScopes(credential.profile.scopes, request) };
  if (code === 'not_yet_active' && credential.notBefore !== null) return { ...refused, retryAfterMs: credential.notBefore - now };
  return refused;
}
