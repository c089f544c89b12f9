import { createHash, timingSafeEqual } from 'node:crypto';
import { json, Router, type Request, type RequestHandler } from 'express';
import type { CallContext, KeyView, Latchkey } from 'latchkey';
import { z } from 'zod';
import { Problem } from './problems.js';
import { readInput } from './read-input.js';
import { TIER_NAMES } from './tiers.js';

const NEW_KEY = z.strictObject({
  name: z.string('Give a name of 1 to 100 characters.'),
  tier: z.enum(TIER_NAMES, `Use one of ${TIER_NAMES.join(', ')}.`).default('free'),
});

const LISTING = z.strictObject({ cursor: z.string('Give it once.').optional() });

/** This API has no accounts: whoever runs it hands the keys out, and they all belong to one owner. */
const OWNER = 'public';

export function adminRoutes(latchkey: Latchkey, adminKey: string | undefined): Router {
  const router = Router();
  // Before the body is read: nobody else is worth that.
  router.use(requireAdminKey(adminKey), json({ limit: '16kb' }));

  router.post('/', async (request, response) => {
    const { name, tier } = readInput(NEW_KEY, request.body ?? {});
    const { key, token } = await latchkey.keys.create({ name, tier, owner: OWNER }, calledBy(request));
    // The one answer in which the token stands: it is stored nowhere, and cannot be shown again.
    response.status(201).json({ api_key: token?.reveal(), key_id: key.id, name: key.name, tier: key.tier, created_at: key.createdAt });
  });

  router.get('/', async (request, response) => {
    const { cursor } = readInput(LISTING, request.query);
    const { data, nextCursor } = await latchkey.keys.list({ owner: OWNER, limit: 100, cursor });
    response.json({ api_keys: data.map(viewKey), next_cursor: nextCursor });
  });

  router.get('/:keyId', async (request, response) => {
    const key = await latchkey.keys.get(request.params.keyId);
    const { data: events } = await latchkey.events.list({ key: key.id, order: 'oldest', limit: 100 });
    const { totals } = await latchkey.usage.read({ key: key.id });
    const history = events.map(({ at, action, actor, reason }) => ({ at, action, by: actor.id, reason }));
    response.json({ ...viewKey(key), requests_of_30_days: totals, history });
  });

  router.delete('/:keyId', async (request, response) => {
    await latchkey.keys.revoke(request.params.keyId, {}, calledBy(request));
    response.status(204).end();
  });

  return router;
}

function requireAdminKey(adminKey: string | undefined): RequestHandler {
  return (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    if (!adminKey) throw new Problem(500, 'ADMIN_API_KEY is not configured');
    if (!isSame(request.get('X-Admin-Key') ?? '', adminKey)) throw new Problem(403, 'Invalid admin key');
    next();
  };
}

/** Compared by digests, in constant time: how long it takes tells nothing of the key. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** What the log says of a change: who made it, and from where. */
function calledBy({ ip }: Request): CallContext {
  return { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] }, address: ip };
}

function viewKey({ id, name, tier, hint, status, createdAt, lastUsedAt, revokedAt }: KeyView) {
  return { key_id: id, name, tier, hint, status, created_at: createdAt, last_used_at: lastUsedAt, revoked_at: revokedAt };
}
