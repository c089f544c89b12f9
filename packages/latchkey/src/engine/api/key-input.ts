/** What the calls that make and change keys take. Durations are text such as `"90d"`, or milliseconds. */
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { JsonObject } from '../../domain/json.js';
import type { SecretScheme } from '../../domain/key.js';
import type { LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';

/** The fields that a new and a changed key share. Fields that are absent in a change stay as they are. */
interface KeyFieldsInput<N extends Names> {
  readonly tier?: N['tier'] | null | undefined;
  readonly scopes?: readonly N['scope'][] | undefined;
  /** ISO 8601 with a zone, in the future. Not together with `expiresIn`. */
  readonly expiresAt?: string | null | undefined;
  readonly expiresIn?: string | number | undefined;
  readonly notBefore?: string | null | undefined;
  readonly ipRules?: readonly string[] | undefined;
  readonly limits?: readonly LimitInput[] | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Only for the environment `operator`: the keys that the token reaches, and the scopes that it may give them. Null: all. */
  readonly bounds?: OperatorBounds | null | undefined;
}

export interface CreateKeyInput<N extends Names = Names> extends KeyFieldsInput<N> {
  /** 1 to 100 characters. */
  readonly name: string;
  /** The id, in the host application, of the key's owner: 1 to 128 visible characters. */
  readonly owner: string;
  readonly environment?: N['environment'] | undefined;
  readonly credits?: CreditsInput | null | undefined;
}

export interface CreditsInput {
  /** An integer ≥ 0. */
  readonly remaining: number;
  readonly refill?: RefillInput | null | undefined;
}

export interface RefillInput {
  readonly amount: number;
  /** `set` (the default): back to `amount`. `add`: so many more. */
  readonly mode?: 'set' | 'add' | undefined;
  /** A duration (`"1d"`), or `"month"`: on `day` of each calendar month, UTC. */
  readonly every: string | number;
  /** 1 to 31, by default 1; a month that has fewer days refills on its last. */
  readonly day?: number | undefined;
}

/** Fields that are absent stay as they are. */
export interface UpdateKeyInput<N extends Names = Names> extends KeyFieldsInput<N> {
  readonly name?: string | undefined;
  readonly credits?: UpdateCreditsInput | null | undefined;
}

/** `remaining` sets the budget, `add` changes it by so much (not both); null takes the budget away. */
export interface UpdateCreditsInput {
  readonly remaining?: number | undefined;
  readonly add?: number | undefined;
  readonly refill?: RefillInput | null | undefined;
}

export interface RotateKeyInput {
  /** How long the old secret stays valid, never beyond the key's expiry; by default 0: it ends at once. */
  readonly grace?: string | number | undefined;
  /** Rotate only if this is still the current secret; otherwise the call conflicts. */
  readonly currentSecretId?: string | undefined;
}

export interface RevokeKeyInput {
  /** Up to 500 characters, kept in the log. */
  readonly reason?: string | null | undefined;
}

/** A key issued elsewhere. Its old token works from now on; the first use rewrites its secret as SHA-256. */
export interface ImportKeyInput<N extends Names = Names> extends CreateKeyInput<N> {
  readonly secret: ImportedSecret;
}

export type ImportedSecret =
  /** The digest of the whole token; `hint` is what may be shown of it, 1 to 12 characters. */
  | {
      readonly scheme: 'sha256';
      readonly digest: string;
      readonly encoding: 'hex' | 'base64' | 'base64url';
      readonly hint?: string | undefined;
    }
  /** An encoded hash, with the characters of the token by which it is found: 4 to 12 from one end. */
  | {
      readonly scheme: Extract<SecretScheme, 'bcrypt' | 'argon2id'>;
      readonly hash: string;
      readonly lookup: { readonly start: string } | { readonly end: string };
    };
