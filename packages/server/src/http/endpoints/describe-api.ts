/** The OpenAPI document (3.1.0), made from the operations of the endpoints. */
import { ERRORS, type ProblemCode } from 'latchkey';
import { RATE_LIMIT_HEADERS } from 'latchkey/edge';
import { mayLack, parametersOf, REQUEST_SHAPES, type Part } from 'latchkey/internal';
import { PROBLEM_CODES } from '../exchange/problem.js';
import {
  describeHeaders,
  headerComponents,
  IDEMPOTENCY_KEY,
  IF_MATCH,
  IF_NONE_MATCH,
  type HeaderName,
  type Parameter,
} from './describe-headers.js';
import type { Described, DocumentedAnswer, Endpoint, Operation, Tag } from './endpoint.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';
import { isTagged } from './tagged-answers.js';

type Components = Map<string, JsonSchema>;

/** Returns the document, ready for `JSON.stringify`. */
export function describeApi(endpoints: readonly Endpoint[]): object {
  const components: Components = new Map([['Problem', PROBLEM]]);
  const paths: Record<string, Record<string, object>> = {};
  for (const { operation } of endpoints) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method === 'all' ? 'get' : method]: describe(operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version: '1',
      description:
        'Issues, verifies, limits, rotates and revokes API keys. Errors are `application/problem+json` (RFC 9457) with a stable `code`. ' +
        'Every answer has an `X-Request-Id`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The service that answers this document.' }],
    tags: [...new Set(endpoints.map(({ operation }) => operation.tag))].map((name) => ({ name, description: TAGS[name] })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, headers: headerComponents(), schemas: Object.fromEntries(components) },
  };
}

const TAGS: Readonly<Record<Tag, string>> = {
  Verification: 'Verify the tokens of callers.',
  'Forward auth': 'Answer a proxy that asks whether a request may pass.',
  Keys: 'Issue, change, rotate and revoke keys.',
  Owners: 'Change and suspend the owners of keys.',
  Tiers: 'Change the rate limits that keys share.',
  Events: 'Read, check and archive the audit log.',
  Usage: 'Read how often keys were verified.',
  Overview: 'Read counts of everything.',
  Sessions: 'Sign operators in and out.',
  Portal: 'Open the portal to owners.',
  'Own keys': 'For owners: manage their own keys.',
  Operations: 'Watch the service.',
  Documentation: 'Read this document.',
};

const SECURITY_SCHEMES = {
  adminKey: { type: 'apiKey', in: 'header', name: 'X-Admin-Key', description: 'The admin key: ADMIN_API_KEY of the service.' },
  operatorToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the reserved environment `operator` that holds the scope which the operation names.',
  },
  ownerJwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A JWT of the issuer that the service is configured with: it says which owner calls.',
  },
  operatorSession: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-latchkey',
    description:
      'A session of an operator, from pages of the service alone: what changes something must come with `Sec-Fetch-Site: same-origin` (or an `Origin` that is this host) and as JSON. On plain http to a loopback host the cookie is `latchkey-session`.',
  },
  portalSession: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-latchkey-portal',
    description:
      'A session of an owner in the portal, with the same rules. On plain http to a loopback host the cookie is `latchkey-portal`.',
  },
  apiKey: { type: 'http', scheme: 'bearer', description: 'The API key of the caller whose request it is.' },
  apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same, without a scheme.' },
};

/** RFC 9457. */
const PROBLEM = {
  type: 'object',
  description: 'RFC 9457.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: PROBLEM_CODES },
    detail: { type: 'string' },
    instance: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Each problem of the input: where it is (RFC 6901), and what would be right.',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
        required: ['pointer', 'message'],
      },
    },
    moreErrors: { type: 'integer', description: 'How many more there are, if `errors` holds only the first 20.' },
    missingScopes: { type: 'array', items: { type: 'string' } },
    dependency: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId'],
};

function describe(operation: Operation, components: Components): object {
  const { scope, body, bodyOptional } = operation;
  const described = [operation.description, scope === null ? undefined : `Scope of an operator token: \`${scope}\`.`];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: described.filter(Boolean).join('\n\n') || operation.summary,
    security: securityOf(operation),
    parameters: describeParameters(operation, components),
    ...(body !== undefined && {
      requestBody: { required: bodyOptional !== true, content: { 'application/json': { schema: schemaOf({ shape: body }, components) } } },
    }),
    responses: { ...describeAnswers(operation, components), ...describeProblems(operation) },
  };
}

function securityOf({ scope, ownKeys, session, method }: Operation): readonly object[] {
  // The credential is a caller's, not an operator's.
  if (method === 'all') return [{ apiKey: [] }, { apiKeyHeader: [] }];
  if (session !== undefined) return [{ [session]: [] }];
  if (ownKeys === true) return [{ ownerJwt: [] }, { portalSession: [] }];
  return scope === null ? [] : [{ adminKey: [] }, { operatorToken: [] }, { operatorSession: [] }];
}

function describeParameters(operation: Operation, components: Components): readonly object[] {
  const { path, query, waits, parameters = [], repeatable, conditional } = operation;
  const headers = [
    ...(repeatable === true ? [IDEMPOTENCY_KEY] : []),
    ...(conditional === true ? [IF_MATCH] : []),
    ...(isTagged(operation) ? [IF_NONE_MATCH] : []),
  ];
  const entries = ((query ?? (waits === true ? REQUEST_SHAPES.waitQuery : {})) as Part).entries ?? {};
  return [
    ...parametersOf(path).map((name) => parameter({ name, in: 'path', required: true }, jsonSchemaOf(REQUEST_SHAPES.pathName, components))),
    ...Object.entries(entries).map(([name, shape]) =>
      queryParameter({ name, in: 'query', required: !mayLack(shape) }, jsonSchemaOf(shape, components)),
    ),
    ...[...headers, ...parameters].map(({ name, in: place, description, schema }) =>
      parameter({ name, in: place, required: false }, { ...schema, description }),
    ),
  ];
}

type Where = Pick<Parameter, 'name'> & { readonly in: 'path' | Parameter['in']; readonly required: boolean };

function parameter(where: Where, { description, ...schema }: JsonSchema): object {
  return { ...where, schema, ...(description !== undefined && { description }) };
}

function queryParameter(where: Where, schema: JsonSchema): object {
  return { ...parameter(where, schema), ...styleOf(schema) };
}

/** How `queryInput` reads a list, and an object. */
function styleOf({ type }: JsonSchema): { readonly style?: string; readonly explode?: boolean } {
  if (type === 'array') return { style: 'form', explode: false };
  return type === 'object' ? { style: 'deepObject', explode: true } : {};
}

function schemaOf(described: Described, components: Components): JsonSchema {
  return isShaped(described) ? jsonSchemaOf(described.shape, components) : described;
}

function isShaped(described: Described): described is { readonly shape: object } {
  return 'shape' in described;
}

function describeAnswers({ answers, repeatable }: Operation, components: Components): object {
  const replayed: readonly HeaderName[] = repeatable === true ? ['Idempotency-Replayed'] : [];
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const described = { description: answer.description, headers: describeHeaders([...(answer.headers ?? []), ...replayed]) };
      const content = Object.entries(schemasOf(answer)).map(([type, schema]) => [type, { schema: schemaOf(schema, components) }] as const);
      return [status, content.length === 0 ? described : { ...described, content: Object.fromEntries(content) }];
    }),
  );
}

function schemasOf({ schema, mediaType = 'application/json', content }: DocumentedAnswer): Readonly<Record<string, Described>> {
  return content ?? (schema === undefined ? {} : { [mediaType]: schema });
}

function describeProblems(operation: Operation): object {
  const conflicts = conflictsOf(operation);
  const statuses = new Set([400, 431, 500, ...(operation.problems ?? [])]);
  if (conflicts.length > 0) statuses.add(409);
  if (operation.conditional === true) statuses.add(412);
  if (operation.session !== undefined) for (const status of [401, 403]) statuses.add(status);
  if (operation.ownKeys === true) for (const status of [401, 403, 404, 429, 503]) statuses.add(status);
  if (operation.scope !== null || operation.method === 'all') for (const status of [401, 403, 429, 503]) statuses.add(status);
  // The answer of a change is a read, too.
  if (operation.scope !== null || operation.ownKeys === true) statuses.add(422);
  if (operation.body !== undefined) for (const status of [413, 415]) statuses.add(status);
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: inWords(status === 409 ? conflicts : PROBLEM_CODES.filter((code) => ERRORS[code].status === status)),
        headers: describeHeaders([...(HEADERS_OF_PROBLEMS[status] ?? []), ...(operation.problemHeaders?.[status] ?? [])]),
        content: { 'application/problem+json': { schema: status === 409 ? oneOfCodes(conflicts) : PROBLEM_REFERENCE } },
      },
    ]),
  );
}

function conflictsOf({ conflicts = [], repeatable }: Operation): readonly ProblemCode[] {
  return repeatable === true ? [...conflicts, 'idempotency_key_reused'] : conflicts;
}

const PROBLEM_REFERENCE = { $ref: '#/components/schemas/Problem' };

function oneOfCodes(codes: readonly ProblemCode[]): JsonSchema {
  return { ...PROBLEM, properties: { ...PROBLEM.properties, code: { type: 'string', enum: codes } } };
}

/** Lists codes with their titles. */
function inWords(codes: readonly ProblemCode[]): string {
  return codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; ');
}

const HEADERS_OF_PROBLEMS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  429: RATE_LIMIT_HEADERS,
  503: ['Retry-After'],
};
