/** Links to the portal: made by an operator for one owner, good for one use within minutes. */
import { readInput } from '../../contract/index.js';
import { createPortalLinkInput } from '../../contract/calls/sessions.js';
import { fields } from '../../contract/shape.js';
import { sha256 } from '../../domain/credential-digest.js';
import { NotFoundError } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { formatDuration, toIso } from '../../domain/time.js';
import { draftEvent } from '../changes/change.js';
import { LIBRARY_CONTEXT, type UseCaseParts } from '../changes/context.js';
import { makerOf, mayStillOpen } from './link-maker.js';
import { ownerActor } from '../self-service/own-parts.js';
import { isSessionToken, newSession, viewSession } from './session-records.js';
import type { LinkOpening, Sessions } from '../api/sessions.js';

const LINK_MS = 600_000;
const DEFAULT_MS = 3_600_000;

const { ownerId, expiresIn } = createPortalLinkInput.entries;
const portalLinkInput = fields({}, { ownerId, expiresIn });

export function createPortalLinks(parts: UseCaseParts): Pick<Sessions, 'createLink' | 'withdrawLink' | 'openLink'> {
  const { apply, storage, clock } = parts;
  return {
    async createLink(input, context = LIBRARY_CONTEXT) {
      const { details, ...given } = { ...input };
      const { ownerId, expiresIn: lastsMs = DEFAULT_MS } = readInput(portalLinkInput, given);
      const applied = await apply({ context, scope: 'portal:write' }, async (change, now, may) => {
        if (!may.reachesOwner(ownerId)) throw new NotFoundError('owner');
        const link = {
          kind: 'link',
          subject: ownerId,
          details: () => ({ portal: details, lastsMs }),
          idleMs: null,
          openedBy: null,
          madeBy: makerOf(context.actor),
        } as const;
        const { record, token } = newSession(parts, { ...link, expiresAt: now + LINK_MS }, now);
        await change.sessions.insert(record);
        const target = { type: 'owner', id: ownerId } as const;
        const after = { link: record.id, linkExpiresAt: toIso(record.expiresAt), lasts: formatDuration(lastsMs), ...details };
        await change.append(draftEvent({ action: 'owner.portal_link_created', target, owner: ownerId, after }, context, now));
        return { id: record.id, ownerId, token, linkExpiresAt: record.expiresAt, expiresAt: now + lastsMs };
      });
      return applied.value;
    },

    async withdrawLink(id, context = LIBRARY_CONTEXT) {
      await apply({ context, scope: 'portal:write' }, async (change, now, may) => {
        const owner = await change.sessions.withdraw(id);
        if (owner === null || !may.reachesOwner(owner)) throw new NotFoundError('link');
        const target = { type: 'owner', id: owner } as const;
        const body = { action: 'owner.portal_link_withdrawn', target, owner, after: { link: id } } as const;
        await change.append(draftEvent(body, context, now));
      });
    },

    async openLink(token, { admit, ...context } = {}) {
      const link = isSessionToken(token) ? await storage.sessions.findSession(sha256(token)) : null;
      if (link?.kind !== 'link') return { outcome: 'unknown' };
      const used = { outcome: 'used', linkId: link.id } as const;
      if (link.usedAt !== null) return used;
      if (clock.now() >= link.expiresAt) return { outcome: 'expired' };
      if (!(await mayStillOpen(link, { keys: storage.keys, now: clock.now() }))) return { outcome: 'unknown' };
      if (admit !== undefined && !(await admit(link.subject))) return { outcome: 'not_admitted', ownerId: link.subject };
      const { portal, lastsMs } = readDetails(link.details);
      const actor = ownerActor({ ownerId: link.subject, expiresAt: null });
      const applied = await apply<LinkOpening>({ context: { ...context, actor }, scope: null }, async (change, now) => {
        if (now >= link.expiresAt) return { outcome: 'expired' };
        if (!(await change.sessions.use(link.id, now))) return used;
        const from = { subject: link.subject, openedBy: link.id, madeBy: link.madeBy } as const;
        const session = { kind: 'portal', details: () => portal, idleMs: null, ...from } as const;
        const opened = newSession(parts, { ...session, expiresAt: now + lastsMs }, now);
        await change.sessions.insert(opened.record);
        const through = { ...context, actor, session: { id: opened.record.id, link: link.id } };
        const body = { action: 'owner.portal_opened', target: { type: 'owner', id: link.subject }, owner: link.subject } as const;
        await change.append(draftEvent(body, through, now));
        return { outcome: 'opened', session: viewSession(opened.record), token: opened.token };
      });
      return applied.value;
    },
  };
}

/** As `createLink` wrote it. */
function readDetails({ portal, lastsMs }: JsonObject): { readonly portal: JsonObject; readonly lastsMs: number } {
  return { portal: portal as JsonObject, lastsMs: Number(lastsMs) };
}
