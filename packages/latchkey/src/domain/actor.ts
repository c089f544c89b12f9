/**
 * Who asks for a change, what they may do, and the rule that nobody mints more authority than they hold.
 *
 * Operator scopes (of keys in the reserved environment `operator`): keys:read, keys:write, keys:verify,
 * owners:read, owners:write, tiers:read, tiers:write, events:read, events:archive (the old part of the log leaves the database),
 * usage:read, cluster:read, portal:write (links that open an owner's keys), settings:read.
 */
import type { OperatorBounds } from './operator-bounds.js';
import { isKnownScope, isScope } from './scopes.js';

export interface Actor {
  readonly type: 'admin' | 'operator' | 'owner' | 'library' | 'system';
  /** The key id of an operator token, `oidc:` and a subject, the owner's id, or a fixed word for the others. */
  readonly id: string;
  /** Of an operator token: the id of the secret that was presented. Portal links end with it. */
  readonly secretId?: string | undefined;
  /** What the actor may do. The admin key, the library and the system hold `*:*`. */
  readonly scopes: readonly string[];
  /** Of an operator token: the keys that there are for it. Null or absent: all. */
  readonly bounds?: OperatorBounds | null | undefined;
}

const IDENTITY = 'oidc:';

/** The id of an operator for whom an identity provider vouches: they have no key, and hold what the configuration gives. */
export function identityId(subject: string): string {
  return IDENTITY + subject;
}

export function isIdentity({ type, id }: Pick<Actor, 'type' | 'id'>): boolean {
  return type === 'operator' && id.startsWith(IDENTITY);
}

/** A session that somebody acts through, by its id, and the id of the portal link that opened it; null for one that no link opened. */
export interface ActingSession {
  readonly id: string;
  readonly link: string | null;
}

/** The circumstances of a call that the change log keeps. */
export interface CallContext {
  readonly actor: Actor;
  /** The client's address, as the edge established it. */
  readonly address?: string | null | undefined;
  readonly requestId?: string | undefined;
  readonly session?: ActingSession | null | undefined;
  /** Makes a create or a rotation safe to repeat: 1 to 255 visible ASCII characters. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Whether a change that takes authority away is answered only when it holds on every node; by default it is. With `false` it
   * is durable when it is answered, and the answer names the nodes that it has not reached yet.
   */
  readonly wait?: boolean | undefined;
  /** Ends a list or a search that nobody waits for any more. A change is never ended. */
  readonly signal?: AbortSignal | undefined;
}

/** The environment whose keys are operator tokens: they open Latchkey's own API and nothing else. */
export const OPERATOR_ENVIRONMENT = 'operator';

/** The scopes that Latchkey's own API asks for. */
export const OPERATOR_SCOPES = [
  'keys:read',
  'keys:write',
  'keys:verify',
  'owners:read',
  'owners:write',
  'tiers:read',
  'tiers:write',
  'events:read',
  'events:archive',
  'usage:read',
  'cluster:read',
  'portal:write',
  'settings:read',
] as const;

export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

/** Returns whether a text is a scope that Latchkey's own API asks for, or covers one (`*:read`, `*:*`). */
export function isOperatorScope(scope: unknown): boolean {
  return typeof scope === 'string' && isScope(scope) && isKnownScope(OPERATOR_SCOPES, scope);
}

/** The application in whose process the library runs: it already holds the database. */
export const LIBRARY_ACTOR: Actor = { type: 'library', id: 'library', scopes: ['*:*'] };

/** Latchkey itself: configuration applied at start, secrets rewritten at first use. */
export const SYSTEM_ACTOR: Actor = { type: 'system', id: 'latchkey', scopes: ['*:*'] };
