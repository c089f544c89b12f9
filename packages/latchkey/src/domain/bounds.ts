/**
 * The bounds of what people send, each declared once: the engine refuses what is beyond them, and the HTTP API documents them.
 * Lengths are in characters (code points).
 */
export const BOUNDS = {
  nameLength: 100,
  ownerIdLength: 128,
  /** As an owner's id, or an operator's: `oidc:` and a subject. */
  identifierLength: 300,
  reasonLength: 500,
  descriptionLength: 500,
  /** The name of a tier or a limit. */
  shortNameLength: 32,
  environmentLength: 16,
  resourceLength: 128,
  scopes: 64,
  scopeSegments: { min: 2, max: 4 },
  scopeSegmentLength: 64,
  ipRules: 64,
  tags: 20,
  tagLength: 50,
  /** Fields of the metadata that a list is filtered by, and the length of a field and of its value. */
  metadataFilters: 3,
  metadataFieldLength: 64,
  metadataFilterLength: 256,
  limits: 10,
  /** Units of a limit in one window, or of a burst. */
  limitUnits: 1_000_000_000,
  slidingWindowUnits: 10_000,
  windowMs: { min: 1_000, max: 366 * 24 * 3_600_000 },
  /** A balance, and each step of it. */
  credits: 1_000_000_000_000,
  refillMs: 1_000,
  /** 100 years of 365 days. */
  durationMs: 100 * 365 * 24 * 3_600_000,
  sessionMs: 12 * 3_600_000,
  pageSize: 100,
  /** Keys that one call names. */
  keysPerCall: 100,
  /** Keys that one call changes by a filter. */
  keysPerFilter: 10_000,
  /** Entries of each list that bounds an operator token. */
  operatorBoundEntries: 64,
  tokenLength: 512,
  /** A credential that signs an operator in. */
  adminKeyLength: 512,
  returnUrlLength: 2_000,
  returnPathLength: 1_000,
  jwtLength: 8_192,
} as const;
