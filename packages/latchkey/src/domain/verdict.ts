/** The outcome of a verification: a value, never an exception. */
import type { RefusalCode } from '../contract/errors/errors.js';
import type { OperatorBounds } from './operator-bounds.js';
import type { JsonObject } from './json.js';
import type { LimitReading } from './limit.js';

export type { RefusalCode };
export type VerdictCode = 'valid' | RefusalCode;

/** How many verifications had each outcome. */
export type VerdictCounts = Readonly<Partial<Record<VerdictCode, number>>>;

/** What a verdict says of the key. Times are epoch milliseconds. Shared between verdicts and frozen. */
export interface VerifiedKey {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly tier: string | null;
  readonly environment: string;
  readonly scopes: readonly string[];
  readonly metadata: JsonObject;
  readonly expiresAt: number | null;
  /** Only of an operator token that is bound: the keys that there are for it. */
  readonly bounds?: OperatorBounds;
}

/** One step of an explained (dry run) verification. */
export interface VerdictStep {
  readonly step: 'presented' | 'format' | 'known' | 'state' | 'expiry' | 'environment' | 'address' | 'scopes' | 'limits' | 'credits';
  readonly passed: boolean;
  readonly detail: string;
}

export interface ValidVerdict {
  readonly valid: true;
  readonly code: 'valid';
  readonly key: VerifiedKey;
  readonly secretId: string;
  readonly limits: readonly LimitReading[];
  /** Credits left after this call, or null where the key has no budget. */
  readonly credits: number | null;
  /** Whether a failure policy, not the ordinary rules, let this pass. */
  readonly degraded: boolean;
  /** Only for a dry run. */
  readonly steps?: readonly VerdictStep[];
  /**
   * Only of a client that was made with a cache, and answered from it: how many milliseconds ago the service was asked. What was
   * revoked or changed since then is not in this verdict.
   */
  readonly cachedForMs?: number;
}

export interface Refusal {
  readonly valid: false;
  readonly code: RefusalCode;
  /** For a trusted caller: what was wrong, and the remedy. Never shown at the public edge. */
  readonly message: string;
  /** What is known of the key; null where the token names none. */
  readonly key: VerifiedKey | null;
  /** Present where limits were looked at. */
  readonly limits?: readonly LimitReading[];
  /** Milliseconds after which the same call can succeed; absent where waiting does not help. */
  readonly retryAfterMs?: number;
  /** With `insufficient_scope`: the scopes that are lacking. */
  readonly missingScopes?: readonly string[];
  /** With `insufficient_scope`: the scopes of `anyScope`, of which the key holds none. */
  readonly missingAnyScope?: readonly string[];
  readonly degraded: boolean;
  /** Only for a dry run. */
  readonly steps?: readonly VerdictStep[];
  /** As in a valid verdict. */
  readonly cachedForMs?: number;
}

export type Verdict = ValidVerdict | Refusal;
