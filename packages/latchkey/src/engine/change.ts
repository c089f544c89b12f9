/**
 * The one way in which the engine changes anything: a transaction whose log entries say what it touched, and
 * the forgetting of all that before the change is answered.
 */
import { UnavailableError } from '../domain/errors.js';
import type { CallContext, OperatorScope } from '../domain/actor.js';
import type { EventAction, EventDraft } from '../domain/event.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { Clock } from '../ports/clock.js';
import type { Change, KeyStore } from '../ports/key-store.js';
import type { Propagation } from './api.js';
import { assertMayChange } from './authority.js';
import type { CredentialCache } from './credential-cache.js';
import type { Touched } from './slots.js';
import type { Statistics } from './statistics.js';

export interface ChangeParts {
  readonly keys: KeyStore;
  readonly cache: CredentialCache;
  readonly statistics: Statistics;
  readonly clock: Clock;
}

/**
 * Who changes something, and the scope that an operator needs for it; null for what only Latchkey itself does, and for
 * self-service, which judges owners by rules of its own (own-parts.ts).
 */
export interface Authority {
  readonly context: CallContext;
  readonly scope: OperatorScope | null;
}

/**
 * Runs a change at an instant, `now`, that is taken once it is its turn. An operator must hold the scope then, not
 * only when the request came. When its promise settles, either way, nothing that it touched is served from memory.
 */
export type ApplyChange = <T>(by: Authority, work: (change: Change, now: number) => Promise<T>) => Promise<T>;

/** This process is the only node. */
export const PROPAGATED: Propagation = Object.freeze({ applied: 1, lapsed: 0, pending: Object.freeze([]) });

export function createApplyChange({ keys, cache, statistics, clock }: ChangeParts): ApplyChange {
  return async (by, work) => {
    const touched: Touched[] = [];
    try {
      const result = await keys.change(async (change) => {
        const now = clock.now();
        await assertMayChange(change, by, now);
        return work(recordingTouches(change, touched), now);
      });
      if (touched.length > 0) statistics.changes++;
      return result;
    } catch (error) {
      if (error instanceof UnavailableError) statistics.storeFailures++;
      throw error;
    } finally {
      // After a failure too: the change may have been committed before its answer was lost.
      for (const target of touched) cache.invalidate(target);
    }
  };
}

function recordingTouches(change: Change, touched: Touched[]): Change {
  return {
    ...change,
    append(draft) {
      touched.push(draft.target);
      return change.append(draft);
    },
  };
}

/** What an event says beyond who and when. */
export interface EventBody {
  readonly action: EventAction;
  readonly target: EventDraft['target'];
  readonly owner?: string | null;
  readonly reason?: string | null;
  readonly before?: JsonObject | null;
  readonly after?: JsonObject | null;
}

export function draftEvent(body: EventBody, context: CallContext, at: number): EventDraft {
  return {
    at,
    action: body.action,
    actor: { type: context.actor.type, id: context.actor.id },
    target: body.target,
    owner: body.owner ?? null,
    reason: body.reason ?? null,
    address: context.address ?? null,
    requestId: context.requestId ?? null,
    before: body.before ?? null,
    after: body.after ?? null,
  };
}

/** The fields of `patch` that differ from `record`, as they were and as they become; null where none does. */
export function differences(record: object, patch: object): { readonly before: JsonObject; readonly after: JsonObject } | null {
  const before: Record<string, JsonValue> = {};
  const after: Record<string, JsonValue> = {};
  const old = new Map<string, JsonValue>(Object.entries(record));
  for (const [name, value] of Object.entries(patch) as [string, JsonValue | undefined][]) {
    const was = old.get(name) ?? null;
    if (value === undefined || JSON.stringify(value) === JSON.stringify(was)) continue;
    before[name] = was;
    after[name] = value;
  }
  return Object.keys(after).length === 0 ? null : { before, after };
}
