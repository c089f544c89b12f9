/** What a refusal says to a trusted asker: what was wrong, and what would mend it. Never anything of the token. */
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import { missingScopes } from '../../domain/scopes.js';
import { toIso } from '../../domain/time.js';
import type { RefusalCode } from '../../domain/verdict.js';
import type { CachedCredential } from '../cache/cached-credential.js';
import type { ReadRequest } from './verify-request.js';

export interface RefusalCase {
  readonly credential: CachedCredential | null;
  readonly request: ReadRequest | null;
  readonly now: number;
}

export function refusalMessage(code: RefusalCode, { credential, request, now }: RefusalCase): string {
  switch (code) {
    case 'missing':
      return 'No API key was presented. Send it as Authorization: Bearer YOUR_API_KEY.';
    case 'malformed':
      return 'This is not an API key: its format or its checksum is wrong. Check that it was copied whole.';
    case 'not_found':
      return 'No such API key was ever issued here.';
    case 'revoked':
      return credential?.validUntil != null && now >= credential.validUntil
        ? `This secret was replaced by a rotation and ended ${toIso(credential.validUntil)}. Use the newer token.`
        : 'The key was revoked. Revocation is final: create another key.';
    case 'disabled':
      return 'The key is disabled. Enable it to use it again.';
    case 'not_yet_active':
      return `The key becomes active ${credential?.notBefore == null ? 'later' : toIso(credential.notBefore)}.`;
    case 'owner_suspended':
      return 'The owner of the key is suspended. Resume the owner to use its keys again.';
    case 'expired':
      return `The key expired ${credential?.expiresAt == null ? '' : toIso(credential.expiresAt)}. Create another key.`;
    case 'wrong_environment':
      return environmentMessage(credential, request);
    case 'ip_denied':
      if (request?.ip === null) return "The key may be used from certain addresses only, and the caller's address cannot be read.";
      return request?.ip === undefined
        ? "The key may be used from certain addresses only, and the caller's address was not given."
        : "The caller's address is not among those from which the key may be used.";
    case 'insufficient_scope':
      return `The key lacks ${missingScopes(credential?.profile.scopes ?? [], request?.scopes ?? []).join(', ')}.`;
    case 'rate_limited':
      return 'A limit is reached. Wait, or raise the limits of the tier, the key or the owner.';
    case 'credits_exhausted':
      return 'The credits of the key do not suffice for this call. Add credits, or wait for the next refill.';
    case 'unavailable':
      return 'The key could not be checked. Try again shortly.';
  }
}

function environmentMessage(credential: CachedCredential | null, request: ReadRequest | null): string {
  const environment = credential?.profile.environment ?? '';
  if (environment === OPERATOR_ENVIRONMENT) return "The token opens Latchkey's own API alone; it is not a key of this API.";
  return `The key is of the environment ${environment}; this is ${request?.environment ?? 'another'}.`;
}
