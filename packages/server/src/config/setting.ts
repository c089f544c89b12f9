import type { Kind } from './kinds.js';

/** A row of the table of settings. */
export interface Setting<Value = unknown> {
  /** The environment variable; null for what only the file can say. */
  readonly variable: string | null;
  /** A secret is taken neither from a flag (other users see those) nor from the file (which gets committed). */
  readonly secret?: true;
  readonly kind: Kind<NonNullable<Value>>;
  readonly fallback: Value;
  /** One sentence without a full stop at its end. */
  readonly description: string;
}
