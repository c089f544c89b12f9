/** The entries of the change log: what happened, to what, by whom; never a secret. */
import type { ActingSession, Actor } from './actor.js';
import type { JsonObject } from './json.js';

export const EVENT_ACTIONS = [
  'key.created',
  'key.imported',
  'key.updated',
  'key.rotated',
  'key.revoked',
  'key.disabled',
  'key.enabled',
  'key.secret_upgraded',
  'key.secret_retired',
  'owner.updated',
  'owner.suspended',
  'owner.resumed',
  'owner.keys_revoked',
  'owner.portal_link_created',
  'owner.portal_link_withdrawn',
  'owner.portal_opened',
  'tier.created',
  'tier.updated',
  'tier.deleted',
  'log.archived',
] as const;

export type EventAction = (typeof EVENT_ACTIONS)[number];

/** What a change hands to the log. */
export interface EventDraft {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly action: EventAction;
  readonly actor: Pick<Actor, 'type' | 'id'>;
  readonly target: { readonly type: 'key' | 'owner' | 'tier' | 'log'; readonly id: string };
  /** The owner concerned, where there is one. */
  readonly owner: string | null;
  readonly reason: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  /** The session that the actor acted through; null for one without. */
  readonly session: ActingSession | null;
  /** Only the fields that changed. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** An entry of the log: the draft, its place, and the links of the chain (hex SHA-256). */
export interface LogEvent extends EventDraft {
  /** 1, 2, 3, … without a gap, in commit order. */
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** An entry of the log as it is shown. The hash is over the entry as it is stored. */
export interface EventView extends Omit<LogEvent, 'at'> {
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The last entry of the log: give it to somebody else, and a cut tail can be found. */
export interface LogHead {
  readonly seq: number;
  readonly hash: string;
}

/** The keys that an entry names beside its target: those of one batch, where all keys of an owner are revoked. */
export function keysNamedBy({ action, after }: Pick<EventDraft, 'action' | 'after'>): readonly string[] {
  const keys = action === 'owner.keys_revoked' ? after?.['keys'] : null;
  return Array.isArray(keys) ? keys.filter((id) => typeof id === 'string') : [];
}
