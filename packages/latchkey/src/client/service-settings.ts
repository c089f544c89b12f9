/** How a service is set up, as it tells operators. */
export interface ServiceSettings {
  /** Of Latchkey. */
  readonly version: string;
  /** Of Node. */
  readonly node: string;
  readonly database: { readonly kind: string };
  readonly limiter: { readonly kind: string };
  /** What every token begins with. */
  readonly prefix: string;
  readonly environments: readonly string[];
  /** The scopes that keys may be given, where the configuration names them; null: any. */
  readonly scopes: readonly string[] | null;
  /** Tiers that the configuration declares. */
  readonly configuredTiers: readonly string[];
  /** What an operator token may hold. */
  readonly operatorScopes: readonly string[];
  readonly settings: readonly ServiceSetting[];
}

export interface ServiceSetting {
  /** The environment variable, or the field of the file for what only the file can say. */
  readonly name: string;
  /** As one would write it; null where nothing is set, and for a secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly secret: boolean;
  /** Whether it has a value at all: of a secret, this is all that is told. */
  readonly set: boolean;
  readonly description: string;
}
