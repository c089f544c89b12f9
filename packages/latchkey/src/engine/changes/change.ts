/**
 * The one way in which the engine changes anything: a transaction whose log entries say what it touched, and
 * the forgetting of all that before the change is answered.
 *
 * engine/changes/ owns what every change shares: this way, the authority of who asks, and requests that are repeated.
 */
import { UnavailableError } from '../../domain/errors.js';
import type { CallContext } from '../../domain/actor.js';
import type { EventAction, EventDraft, LogEvent } from '../../domain/event.js';
import type { JsonObject, JsonValue } from '../../domain/json.js';
import type { Clock } from '../../ports/clock.js';
import type { Propagation } from '../../domain/propagation.js';
import type { Coherence, Memory } from '../../ports/coherence.js';
import type { Change, KeyStore } from '../../ports/key-store.js';
import { type Authority, openAuthority, type Requested } from './authority.js';
import type { Statistics } from '../runtime/statistics.js';

export interface ChangeParts {
  readonly keys: KeyStore;
  readonly memory: Pick<Memory, 'forget'>;
  readonly coherence: Pick<Coherence, 'made' | 'propagate'>;
  readonly statistics: Statistics;
  readonly clock: Clock;
}

/** A change that is durable, and of which this node serves nothing older. */
export interface Applied<T> {
  readonly value: T;
  /**
   * Resolves when no other node serves anything older, either: at once, where the caller does not want to wait. To be called
   * before a change that takes authority away is answered, one too that found nothing left to do: it may repeat a change that was never answered.
   */
  propagate(): Promise<Propagation>;
}

/**
 * Runs a change at an instant, `now`, that is taken once it is its turn. An operator must hold the scope then, not
 * only when the request came; `may` says what else the actor may do. When its promise settles, either way, nothing that it touched is served from this node's memory.
 */
export type ApplyChange = <T>(by: Requested, work: Work<T>) => Promise<Applied<T>>;

export type Work<T> = (change: Change, now: number, may: Authority) => Promise<T>;

export function createApplyChange({ keys, memory, coherence, statistics, clock }: ChangeParts): ApplyChange {
  return async (by, work) => {
    /** Of every attempt: one whose answer was lost may have been committed. */
    const noted: LogEvent[] = [];
    let own: LogEvent[] = [];
    let value: Awaited<ReturnType<typeof work>>;
    try {
      value = await keys.change(async (change) => {
        own = [];
        const now = clock.now();
        const may = await openAuthority(change, by, now);
        const noting = noteEvents(change, (event) => {
          noted.push(event);
          own.push(event);
        });
        return work(noting, now, may);
      });
    } catch (error) {
      if (error instanceof UnavailableError) statistics.storeFailures++;
      throw error;
    } finally {
      for (const event of noted) memory.forget(event);
    }
    const [first, last] = [own[0], own.at(-1)];
    if (first !== undefined && last !== undefined) {
      statistics.changes++;
      coherence.made({ first: first.seq, last: last.seq });
    }
    return { value, propagate: () => coherence.propagate(last?.seq ?? null, by.context.wait ?? true) };
  };
}

function noteEvents(change: Change, note: (event: LogEvent) => void): Change {
  return {
    ...change,
    async append(draft) {
      const event = await change.append(draft);
      note(event);
      return event;
    },
    async appendAll(drafts) {
      const events = await change.appendAll(drafts);
      for (const event of events) note(event);
      return events;
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
    session: context.session ?? null,
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
