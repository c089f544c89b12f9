import type { JsonObject, Session, Token } from 'latchkey';
import type { Exchange } from '../exchange/exchange.js';
import { endPresented, type OperatorPrincipal } from './operator-session.js';
import type { AuthenticationServices } from './services.js';
import { setCookie } from './session-cookies.js';

export const OPERATOR_COOKIE = { name: 'latchkey', sameSite: 'Strict' } as const;

/** Who has just proved who they are. */
export interface NewOperatorSession {
  readonly principal: OperatorPrincipal;
  readonly details: (token: Token) => JsonObject;
  /** When what was signed in with ends by itself. */
  readonly expiresAt: number | null;
}

/** Begins a session, always a new one: that which the browser had, whoever began it, is ended and not taken over. */
export async function beginSession(
  services: AuthenticationServices,
  exchange: Exchange,
  { principal, details, expiresAt }: NewOperatorSession,
): Promise<{ readonly session: Session; readonly cookie: string }> {
  await endPresented(services, exchange);
  const { session, token } = await services.latchkey.sessions.start({ subject: principal.id, details, expiresAt });
  const { address, requestId } = exchange;
  services.log.info({ principal: principal.id, session: session.id, address, requestId }, 'signed in');
  return { session, cookie: setCookie(services, exchange, { ...OPERATOR_COOKIE, value: token.reveal() }) };
}
