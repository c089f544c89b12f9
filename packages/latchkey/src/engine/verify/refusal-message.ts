/** The message of a refusal for a trusted caller: what was wrong, and the remedy. It repeats nothing of the token. */
import { REFUSAL_TEXTS } from '../../contract/errors/error-texts.js';
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import { lackingScopes } from '../../domain/scopes.js';
import { toIso } from '../../domain/time.js';
import type { RefusalCode } from '../../domain/verdict.js';
import type { CachedCredential } from '../cache/cached-credential.js';
import type { ReadRequest } from './verify-request.js';

export interface RefusalCase {
  readonly credential: CachedCredential | null;
  readonly request: ReadRequest | null;
  readonly now: number;
}

/** Returns the text of the table, or one with the facts of this case where they say more. */
export function refusalMessage(code: RefusalCode, about: RefusalCase): string {
  const { meaning, remedy } = REFUSAL_TEXTS[code];
  return FACTS[code]?.(about) ?? `${meaning} ${remedy}`;
}

const FACTS: Readonly<Partial<Record<RefusalCode, (about: RefusalCase) => string>>> = {
  revoked: ({ credential, now }) =>
    credential?.validUntil != null && now >= credential.validUntil
      ? `This secret was replaced by a rotation and ended ${toIso(credential.validUntil)}. Use the newer token.`
      : 'The key was revoked. Revocation is final: create another key.',
  not_yet_active: ({ credential }) => `The key becomes active ${credential?.notBefore == null ? 'later' : toIso(credential.notBefore)}.`,
  expired: ({ credential }) => `The key expired ${credential?.expiresAt == null ? '' : toIso(credential.expiresAt)}. Create another key.`,
  wrong_environment({ credential, request }) {
    const environment = credential?.profile.environment ?? '';
    if (environment === OPERATOR_ENVIRONMENT) return "The token opens Latchkey's own API alone; it is not a key of this API.";
    return `The key is of the environment ${environment}; this is ${request?.environment ?? 'another'}.`;
  },
  ip_denied({ request }) {
    if (request?.ip === null) return "The key may be used from certain addresses only, and the caller's address cannot be read.";
    return request?.ip === undefined
      ? "The key may be used from certain addresses only, and the caller's address was not given."
      : "The caller's address is not among those from which the key may be used.";
  },
  insufficient_scope({ credential, request }) {
    const { missingScopes = [], missingAnyScope = [] } = lackingScopes(credential?.profile.scopes ?? [], request ?? {});
    const all = missingScopes.length === 0 ? [] : [`The key lacks ${missingScopes.join(', ')}.`];
    const any = missingAnyScope.length === 0 ? [] : [`The key holds none of ${missingAnyScope.join(', ')}.`];
    return [...all, ...any].join(' ');
  },
};
