/** One token of a key, as operators and owners are shown it. */
export interface SecretView {
  readonly id: string;
  readonly hint: string;
  readonly createdAt: string;
  readonly validUntil: string | null;
  readonly lastUsedAt: string | null;
}
