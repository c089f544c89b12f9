/** The input of an import: keys that were issued elsewhere. */
import type { CreateKeyInput } from '../../contract/types/keys.js';
import type { SecretScheme } from '../../domain/key.js';
import type { Names } from '../../domain/names.js';

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
