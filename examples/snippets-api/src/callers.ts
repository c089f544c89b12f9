import type { FastifyRequest } from 'fastify';
import type { Principal } from 'latchkey';
import { Problem } from './problems.js';

/** Whose the call is, by a JWT or by a key. */
export function ownerOf({ auth }: FastifyRequest): string {
  if (!auth?.ownerId) throw new Error('The route has no authentication before it.');
  return auth.ownerId;
}

/** The user who signed in, until their JWT ends. What a key must not do (least of all make other keys) asks for them. */
export function userOf({ auth }: FastifyRequest): Principal {
  if (auth?.method !== 'jwt') throw new Problem(403, 'This needs a user who is signed in, not an API key');
  return { ownerId: auth.ownerId, expiresAt: auth.expiresAt };
}
