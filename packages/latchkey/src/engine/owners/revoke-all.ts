/**
 * Revoking all keys of an owner. One row makes every one of them refused, in one short transaction, however many there are;
 * the keys' own rows follow in batches, between which other changes have their turn (ADR 36). Where a batch is not made,
 * because the process ended or the store was unavailable, the next housekeeping of any node makes it.
 */
import { type Actor, type CallContext, SYSTEM_ACTOR } from '../../domain/actor.js';
import { isLatchkeyError, NotFoundError } from '../../domain/errors.js';
import type { OwnerRevocation } from '../../domain/key.js';
import type { Change, RevocationOfSome } from '../../ports/key-store.js';
import { readInput } from '../../contract/index.js';
import { reasonInput } from '../../contract/calls/key-inputs.js';
import { draftEvent } from '../changes/change.js';
import { actorName, LIBRARY_CONTEXT, ownerIdOf, type OwnerUseCases, type UseCaseParts } from '../changes/context.js';
import { loggedFields } from '../fields/key-events.js';
import { viewOwner } from '../fields/key-view.js';
import { repeatPaced } from '../runtime/paced.js';

/** Keys that one transaction revokes. On SQLite they keep the event loop for some 4 ms, once their pages are in memory. */
const KEYS_PER_BATCH = 100;
/** Owners whose revocations one read of the housekeeping finds. */
const OWNERS_PER_READ = 100;

export interface RevokeAll {
  readonly revokeAll: OwnerUseCases['revokeAll'];
  /** Makes the batches that are left of every revocation. Rejects with an UnavailableError. */
  resume(): Promise<void>;
  /** Begins no more batches. Resolves when the one that is under way has ended. */
  close(): Promise<void>;
}

export function createRevokeAll(parts: UseCaseParts): RevokeAll {
  const { apply, clock, storage } = parts;
  /** By owner: the batches that this node makes. */
  const running = new Map<string, Promise<void>>();
  let closed = false;

  async function run(owner: string): Promise<void> {
    const context = await readContext(parts, owner);
    const batch = async (): Promise<boolean> => {
      if (closed) return false;
      const applied = await apply({ context, scope: null }, async (change, now) => {
        const revocation = (await change.owners.find(owner))?.revocation ?? null;
        return revocation !== null && (await revokeBatch(change, revocation, { owner, context, now })) > 0;
      });
      return applied.value;
    };
    await repeatPaced(clock, batch, 'hold');
  }

  function runOnce(owner: string): Promise<void> {
    const known = running.get(owner);
    if (known !== undefined) return known;
    const begun = run(owner).finally(() => running.delete(owner));
    running.set(owner, begun);
    return begun;
  }

  function runInBackground(owner: string): void {
    if (closed) return;
    runOnce(owner).catch((error: unknown) => {
      if (!isLatchkeyError(error)) throw error;
    });
  }

  return {
    async revokeAll(asked, options = {}, context = LIBRARY_CONTEXT) {
      const id = ownerIdOf(asked);
      const reason = readInput(reasonInput, options).reason || null;
      const applied = await apply({ context, scope: 'owners:write' }, async (change, now, may) => {
        if (!may.reachesOwner(id)) throw new NotFoundError('owner');
        const owner = await change.owners.find(id);
        if (owner === null) throw new NotFoundError('owner');
        await may.aroundKeys({ owner: id }, async () => {});
        return begin(change, { owner: id, under: owner.revocation, reason, context, now });
      });
      if (applied.value.left > 0) runInBackground(id);
      const [propagation, detail] = await Promise.all([applied.propagate(), storage.catalog.readOwner(id, clock.now())]);
      if (detail === null) throw new NotFoundError('owner');
      return { owner: viewOwner(detail), revoked: applied.value.revoked, propagation };
    },
    async resume() {
      for (let after: string | undefined; !closed;) {
        const owners = await storage.catalog.listOwners({ revoking: true, after, limit: OWNERS_PER_READ, now: clock.now() });
        for (const { owner } of owners) await runOnce(owner.id);
        after = owners.at(-1)?.owner.id;
        if (after === undefined) return;
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running.values());
    },
  };
}

interface Begin {
  readonly owner: string;
  /** The revocation that is under way. */
  readonly under: OwnerRevocation | null;
  readonly reason: string | null;
  readonly context: CallContext;
  readonly now: number;
}

/** Makes every key refused, and revokes the first batch. Returns how many keys this call revokes, and how many are left. */
async function begin(change: Change, { owner, under, reason, context, now }: Begin): Promise<{ revoked: number; left: number }> {
  const { count, newestAt } = await change.keys.countUnrevoked(owner);
  // The clock of the node that created the youngest may be ahead.
  const own = { until: Math.max(now, newestAt), at: now, by: actorName(context.actor), reason };
  if (under !== null)
    return { revoked: await revokeSince(change, { ...own, after: under.until }, { owner, context, now }), left: under.left };
  if (count === 0) return { revoked: 0, left: 0 };
  const revocation = { ...own, event: 0, keys: count, left: count };
  return { revoked: count, left: await revokeBatch(change, revocation, { owner, context, now }) };
}

/**
 * Revokes the keys that were created since a revocation began that is still under way, all at once, for they are few. The keys of the
 * first keep its time, its actor and its reason. Returns how many keys were revoked.
 */
async function revokeSince(
  change: Change,
  revocation: RevocationOfSome,
  { owner, context, now }: { readonly owner: string; readonly context: CallContext; readonly now: number },
): Promise<number> {
  for (let revoked = 0; ;) {
    const keys = await change.keys.revokeOldest(owner, revocation, KEYS_PER_BATCH);
    revoked += keys.length;
    if (keys.length > 0) await change.append(draftEvent(batchOf(keys, revocation, { owner, left: 0 }), context, now));
    if (keys.length < KEYS_PER_BATCH) return revoked;
  }
}

/** Revokes the next keys, tells the log their ids, and notes how many are left; returns that. */
async function revokeBatch(
  change: Change,
  revocation: OwnerRevocation,
  { owner, context, now }: { readonly owner: string; readonly context: CallContext; readonly now: number },
): Promise<number> {
  const keys = await change.keys.revokeOldest(owner, revocation, KEYS_PER_BATCH);
  // Fewer than asked for: they were all, whatever was counted.
  const left = keys.length < KEYS_PER_BATCH ? 0 : Math.max(0, revocation.left - keys.length);
  const { seq } = await change.append(draftEvent(batchOf(keys, revocation, { owner, left }), context, now));
  await change.owners.update(owner, { revocation: left === 0 ? null : { ...revocation, event: revocation.event || seq, left } });
  return left;
}

/** What the log says of one batch. */
function batchOf(
  keys: readonly string[],
  { at, reason }: RevocationOfSome,
  { owner, left }: { readonly owner: string; readonly left: number },
) {
  const after = { keys, ...loggedFields({ revokedAt: at }), left };
  return { action: 'owner.keys_revoked', target: { type: 'owner', id: owner }, owner, reason, after } as const;
}

/** Reads the actor of the later batches: the one who began. If that entry has left the log, the actor is the system. */
async function readContext({ storage }: UseCaseParts, owner: string): Promise<CallContext> {
  const [detail] = await storage.catalog.listOwners({ ids: [owner], revoking: true, limit: 1, now: 0 });
  const seq = detail?.owner.revocation?.event ?? 0;
  const [event] = seq === 0 ? [] : await storage.events.readEvents({ after: seq - 1, limit: 1 });
  if (event?.seq !== seq) return { actor: SYSTEM_ACTOR };
  const actor: Actor = { ...event.actor, scopes: [] };
  return { actor, address: event.address, session: event.session, ...(event.requestId !== null && { requestId: event.requestId }) };
}
