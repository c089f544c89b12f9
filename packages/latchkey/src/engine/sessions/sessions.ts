/**
 * Sessions: how they begin, are found and end. Links, of which each opens one, are in portal-links.ts.
 *
 * engine/sessions/ owns sessions of operators and portals, and portal links.
 */
import { SYSTEM_ACTOR } from '../../domain/actor.js';
import { sha256 } from '../../domain/credential-digest.js';
import { ForbiddenError, isLatchkeyError } from '../../domain/errors.js';
import { isOpen, type SessionRecord } from '../../domain/session.js';
import { normaliseOwnerId } from '../../domain/text.js';
import { MINUTE_MS } from '../../domain/time.js';
import type { UseCaseParts } from '../changes/context.js';
import { mayStillOpen } from './link-maker.js';
import { createPortalLinks } from './portal-links.js';
import { isSessionToken, newSession, viewSession, type NewSession } from './session-records.js';
import type { Sessions, StartedSession } from '../api/sessions.js';

/** After so long without a request, to the minute, a session of an operator ends. */
const IDLE_MS = 30 * MINUTE_MS;
/** That it was seen is written so often at most: the idle time counts from the last that was written. */
const TOUCH_MS = MINUTE_MS;

export function createSessions(parts: UseCaseParts, verifySecret: Sessions['verifySecret']): Sessions {
  const { storage, apply, clock } = parts;

  async function touch(session: SessionRecord, now: number): Promise<SessionRecord> {
    if (now - session.lastSeenAt < TOUCH_MS) return session;
    try {
      await storage.sessions.touchSession(session.id, now);
      return { ...session, lastSeenAt: now };
    } catch (error) {
      // A store that reads and cannot be written still shows what it holds; the session only ends sooner.
      if (isLatchkeyError(error)) return session;
      throw error;
    }
  }

  async function begin(fields: NewSession): Promise<StartedSession> {
    const applied = await apply({ context: { actor: SYSTEM_ACTOR }, scope: null }, async (change, now) => {
      const { record, token } = newSession(parts, fields, now);
      await change.sessions.insert(record);
      return { session: viewSession(record), token };
    });
    return applied.value;
  }

  return {
    start: ({ subject, details, expiresAt = null }) =>
      begin({ kind: 'operator', subject, details, idleMs: IDLE_MS, expiresAt, openedBy: null, madeBy: null }),
    async startPortal({ ownerId, details, expiresAt }) {
      const owner = normaliseOwnerId(ownerId);
      if (!owner.ok) throw new ForbiddenError('You cannot be an owner of keys: use an id of 1 to 128 visible characters.');
      return begin({ kind: 'portal', subject: owner.value, details: () => details, idleMs: null, expiresAt, openedBy: null, madeBy: null });
    },
    async find(kind, token) {
      const session = isSessionToken(token) ? await storage.sessions.findSession(sha256(token)) : null;
      const now = clock.now();
      if (session?.kind !== kind || !isOpen(session, now) || !(await mayStillOpen(session, { keys: storage.keys, now }))) return null;
      return viewSession(await touch(session, now));
    },
    async end(id, kind) {
      await storage.sessions.endSession(id, kind);
    },
    endAll: (kind, subject) => storage.sessions.endSessions(kind, subject),
    verifySecret,
    ...createPortalLinks(parts),
  };
}
