import type { Propagation, Token } from 'latchkey';
import { json, type Answer, type HeaderFields } from '../exchange/answer.js';

interface Issued {
  readonly key: object;
  readonly token: Token | null;
  readonly replayed: boolean;
  readonly propagation?: Propagation;
}

/** The one answer in which a token stands in clear text. */
export function issued(status: number, { token, replayed, ...shown }: Issued, headers: HeaderFields = {}): Answer {
  const body = { ...shown, token: token?.reveal() ?? null, ...(token === null && { tokenAlreadyShown: true }) };
  return { ...json(status, body, { ...headers, ...(replayed && { 'idempotency-replayed': 'true' }) }), carriesSecret: true };
}
