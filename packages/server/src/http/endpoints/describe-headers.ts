/** The headers of requests and answers, as the OpenAPI document declares them. */
import type { IDENTITY_HEADERS, RATE_LIMIT_HEADERS } from 'latchkey/edge';
import type { JsonSchema } from './json-schema.js';

/** A parameter that is documented, and read by the route itself. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly schema: JsonSchema;
  readonly description: string;
}

interface DocumentedHeader {
  readonly description: string;
  readonly type?: 'integer';
  readonly example?: string | number;
  /** True where every answer that declares the header has it. */
  readonly required?: true;
}

const PERCENT_ENCODED = 'percent-encoded UTF-8 (`decodeURIComponent` gives it back); a lone hyphen is `%2D`';

const IDENTITY: Readonly<Record<(typeof IDENTITY_HEADERS)[number], DocumentedHeader>> = {
  'X-Latchkey-Key-Id': { description: 'The id of the key.', example: 'key_OW7tvX8cGxuv2rNk', required: true },
  'X-Latchkey-Key-Name': { description: `The name of the key, ${PERCENT_ENCODED}.`, example: 'B%C3%BCcher', required: true },
  'X-Latchkey-Owner': { description: `The id of the owner, ${PERCENT_ENCODED}.`, example: 'team-7', required: true },
  'X-Latchkey-Tier': { description: `The name of the tier, ${PERCENT_ENCODED}. \`-\`: none.`, example: 'free', required: true },
  'X-Latchkey-Environment': { description: 'The environment of the key.', example: 'live', required: true },
  'X-Latchkey-Scopes': {
    description: `The scopes of the key with a space between two, each ${PERCENT_ENCODED}. \`-\`: none.`,
    example: 'articles:read articles:write',
    required: true,
  },
};

const LIMITS: Readonly<Record<(typeof RATE_LIMIT_HEADERS)[number], DocumentedHeader>> = {
  'X-RateLimit-Limit': { description: 'The units of the tightest limit. Absent: the key has no limits.', type: 'integer', example: 100 },
  'X-RateLimit-Remaining': { description: 'The units that are left of it.', type: 'integer', example: 42 },
  'X-RateLimit-Reset': { description: 'When it is free again, in epoch seconds.', type: 'integer', example: 1_767_225_600 },
  RateLimit: { description: 'All limits as they stand (draft-ietf-httpapi-ratelimit-headers).', example: '"daily";r=42;t=3600' },
  'RateLimit-Policy': { description: 'All limits (draft-ietf-httpapi-ratelimit-headers).', example: '"daily";q=100;w=86400' },
  'Retry-After': { description: 'When to come back, in whole seconds, at least 1.', type: 'integer', example: 30 },
};

const HEADERS = {
  ...IDENTITY,
  ...LIMITS,
  'X-Latchkey-Status': {
    description: 'With `mode=nginx`: the status that it would be without, such as 429 where it is 403.',
    type: 'integer',
  },
  'WWW-Authenticate': { description: 'The challenge (RFC 6750).', example: 'Bearer realm="api"' },
  'X-Request-Id': { description: 'The id of the request, under which the log of the service has it.', required: true },
  'X-Content-Type-Options': { description: '`nosniff`', required: true },
  'Cache-Control': { description: '`no-store`: no cache may keep the answer.', required: true },
  'X-Latchkey-Propagation': {
    description: 'How far the change has reached, as a dictionary (RFC 9651).',
    example: 'applied=2, lapsed=0, pending=()',
    required: true,
  },
  ETag: {
    description: 'The weak tag of the answer. Sent back as `If-None-Match`, it is answered 304 while the answer is still the same.',
    example: 'W/"OW7tvX8cGxuv2rNkOW7tvX"',
    required: true,
  },
  VersionTag: {
    description:
      'The strong tag of the version of the key or the owner. Sent as `If-Match`, a change is made only while it has this version.',
    example: '"3"',
    required: true,
  },
  Location: { description: 'Where it is found.', required: true },
  'Set-Cookie': { description: 'The session, or its end.' },
  'Content-Disposition': { description: 'A file name for the browser.' },
  'Idempotency-Replayed': { description: '`true`: the answer is that of an earlier request with this `Idempotency-Key`.' },
} as const satisfies Readonly<Record<string, DocumentedHeader>>;

export type HeaderName = keyof typeof HEADERS;

/** The headers of every answer. */
const COMMON: readonly HeaderName[] = ['X-Request-Id', 'X-Content-Type-Options', 'Cache-Control'];

/** Returns the description of every header, for the components of the document. */
export function headerComponents(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries<DocumentedHeader>(HEADERS).map(([name, { description, type = 'string', example, required }]) => [
      name,
      { description, ...(required === true && { required }), schema: { type, ...(example !== undefined && { example }) } },
    ]),
  );
}

/** The headers of one answer, beside those that every answer has. */
export function describeHeaders(names: readonly HeaderName[] = []): Record<string, { readonly $ref: string }> {
  return Object.fromEntries([...COMMON, ...names].map((name) => [fieldOf(name), { $ref: `#/components/headers/${name}` }]));
}

/** The name of the field that a header is described for. */
function fieldOf(name: HeaderName): string {
  return name === 'VersionTag' ? 'ETag' : name;
}

function header(name: string, description: string, schema: object = {}): Parameter {
  return { name, in: 'header', description, schema: { type: 'string', ...schema } };
}

export const IDEMPOTENCY_KEY = header(
  'idempotency-key',
  'Makes the call safe to repeat. The token is shown again only to a random one (such as a UUID), and for ten minutes at most.',
  { minLength: 1, maxLength: 255 },
);

export const IF_MATCH = header(
  'if-match',
  'The `ETag` of the key as the client knows it, or several with a comma between two; `*` for any. If the key has another version, the answer is 412 and nothing is changed. A weak tag matches nothing.',
  { example: '"3"' },
);

export const IF_NONE_MATCH = header(
  'if-none-match',
  'Tags of answers that the client has (`ETag`), with a comma between two, or `*`. With the current one among them the answer is 304.',
);

const TARGET = 'The target of the original request, looked at for a token in its query only.';
const target = (name: string): Parameter => header(name, TARGET, { example: '/articles?page=2' });

/** What forward-auth reads of a request beside its credential. */
export const FORWARD_AUTH_HEADERS: readonly Parameter[] = [
  header('x-forwarded-for', 'The IP address of the caller. Read only where a trusted proxy sends it (`LATCHKEY_TRUSTED_PROXIES`).', {
    example: '203.0.113.9',
  }),
  target('x-forwarded-uri'),
  target('x-original-uri'),
  target('x-original-url'),
  header('user-agent', 'The user agent of the caller; kept with the usage of the key.'),
  header('x-request-id', 'An id of 8 to 64 letters, digits, `.` and `-`. Read only from a trusted proxy.'),
];
