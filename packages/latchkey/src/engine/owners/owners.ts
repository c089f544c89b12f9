/**
 * Owners: what their keys share, and suspending or resuming all of them at once.
 *
 * engine/owners/ owns what keys share: owners and tiers, the revocation of all keys of an owner, the preview of a tier.
 */
import { readInput } from '../../contract/index.js';
import { reasonInput } from '../../contract/calls/key-inputs.js';
import { listOwnersInput, updateOwnerInput } from '../../contract/calls/owners.js';
import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import { NO_VERSION } from '../../domain/if-match.js';
import type { OwnerRecord } from '../../domain/key.js';
import type { Change } from '../../ports/key-store.js';
import { normaliseOwnerId } from '../../domain/text.js';
import type { OwnerView, UpdateOwnerInput } from '../api/index.js';
import { differences, draftEvent } from '../changes/change.js';
import { assertMatches, LIBRARY_CONTEXT, ownerIdOf, type OwnerUseCases, type UseCaseParts } from '../changes/context.js';
import { readPaging, toPage } from '../fields/cursor.js';
import { loggedFields } from '../fields/key-events.js';
import { viewOwner } from '../fields/key-view.js';

export function createOwners(parts: UseCaseParts, revokeAll: OwnerUseCases['revokeAll']): OwnerUseCases {
  return {
    get: async (asked, { actor } = LIBRARY_CONTEXT) => {
      const id = ownerIdOf(asked);
      if (actor.bounds?.owners?.includes(id) === false) throw new NotFoundError('owner');
      return readOwner(parts, id);
    },
    list: createListOwners(parts),
    update: createUpdateOwner(parts),
    suspend: createSuspension(parts, true),
    resume: createSuspension(parts, false),
    revokeAll,
  };
}

async function readOwner({ storage, clock }: UseCaseParts, id: string): Promise<OwnerView> {
  const detail = await storage.catalog.readOwner(id, clock.now());
  if (detail === null) throw new NotFoundError('owner');
  return viewOwner(detail);
}

function createListOwners({ storage, clock }: UseCaseParts): OwnerUseCases['list'] {
  return async (input = {}, { actor, signal } = LIBRARY_CONTEXT) => {
    const { limit, cursor, search } = readInput(listOwnersInput, input);
    const paging = readPaging('owners', { limit, cursor }, [search ?? null]);
    const [after] = paging.after ?? [];
    const details = await storage.catalog.listOwners({
      search,
      ids: actor.bounds?.owners,
      after: typeof after === 'string' ? after : undefined,
      limit: paging.limit + 1,
      now: clock.now(),
      signal,
    });
    return toPage(details, paging, { view: viewOwner, position: ({ owner }) => [owner.id] });
  };
}

type OwnerFields = Partial<Omit<OwnerRecord, 'id' | 'createdAt'>>;

function createUpdateOwner(parts: UseCaseParts): OwnerUseCases['update'] {
  const { apply } = parts;
  return async (asked, patch, context = LIBRARY_CONTEXT) => {
    const { id, ...wanted } = readPatch(asked, patch);
    const applied = await apply({ context, scope: 'owners:write' }, async (change, now, may) => {
      if (!may.reachesOwner(id)) throw new NotFoundError('owner');
      const before = await change.owners.find(id);
      const changed = differences(before ?? NO_OWNER, wanted);
      await may.aroundKeys({ owner: id }, async () => {
        assertMatches('owner', before ?? NO_OWNER, context);
        if (changed === null) return;
        const { version } = await change.owners.ensure(id, now);
        await change.owners.update(id, { ...wanted, version: version + 1 });
        await change.append(draftEvent({ action: 'owner.updated', target: { type: 'owner', id }, owner: id, ...changed }, context, now));
      });
    });
    const [propagation, owner] = await Promise.all([applied.propagate(), readOwner(parts, id)]);
    return { owner, propagation };
  };
}

function readPatch(asked: string, patch: UpdateOwnerInput): OwnerFields & { readonly id: string } {
  const { name, description, limits, maxKeys, metadata } = readInput(updateOwnerInput, patch);
  const id = normaliseOwnerId(asked);
  if (!id.ok) throw new InvalidInputError([{ pointer: '/owner', message: id.problem }]);
  return {
    id: id.value,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(limits !== undefined && { limits }),
    ...(maxKeys !== undefined && { maxKeys }),
    ...(metadata !== undefined && { metadata }),
  };
}

function createSuspension(parts: UseCaseParts, suspend: boolean): OwnerUseCases['suspend'] {
  const { apply } = parts;
  return async (asked, options = {}, context = LIBRARY_CONTEXT) => {
    const id = ownerIdOf(asked);
    const reason = readInput(reasonInput, options).reason || null;
    const applied = await apply({ context, scope: 'owners:write' }, async (change, now, may) => {
      if (!may.reachesOwner(id)) throw new NotFoundError('owner');
      const owner = await findOwner(change, id);
      await may.aroundKeys({ owner: id }, NOTHING);
      assertMatches('owner', owner, context);
      if ((owner.suspendedAt !== null) === suspend) return;
      const after = suspend ? { suspendedAt: now, suspendedReason: reason } : { suspendedAt: null, suspendedReason: null };
      await change.owners.update(id, { ...after, version: owner.version + 1 });
      await change.append(
        draftEvent(
          {
            action: suspend ? 'owner.suspended' : 'owner.resumed',
            target: { type: 'owner', id },
            owner: id,
            reason,
            before: loggedFields({ suspendedAt: owner.suspendedAt }),
            after: loggedFields({ suspendedAt: after.suspendedAt }),
          },
          context,
          now,
        ),
      );
    });
    const [propagation, owner] = await Promise.all([applied.propagate(), readOwner(parts, id)]);
    return { owner, propagation };
  };
}

/** A change that does not reach into what a key may do. */
const NOTHING = async (): Promise<void> => {};

/** What an owner's record holds before anybody wrote it. */
const NO_OWNER = { version: NO_VERSION, name: null, description: null, limits: [], maxKeys: null, metadata: {} };

async function findOwner(change: Change, id: string): Promise<OwnerRecord> {
  const owner = await change.owners.find(id);
  if (owner === null) throw new NotFoundError('owner');
  return owner;
}
