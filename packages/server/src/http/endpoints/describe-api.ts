import { z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { ERRORS } from 'latchkey';
import { RATE_LIMIT_HEADERS } from 'latchkey/edge';
import { problem } from '../schemas/problem.js';
import { describeHeaders, registerHeaders, type HeaderName } from './describe-headers.js';
import { PROBLEM_CODES } from '../exchange/problem.js';
import type { DocumentedAnswer, Endpoint, Operation, Shaped } from './endpoint.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';
import { isTagged } from './tagged-answers.js';

type Responses = RouteConfig['responses'];

/** Writes every operation into the app's registry, from which the OpenAPI document is made. */
export function describeApi(app: OpenAPIHono, endpoints: readonly Endpoint[]): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'adminKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Admin-Key',
    description: 'The admin key: ADMIN_API_KEY of the service.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'operatorToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the reserved environment `operator` that holds the scope which the operation names.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'ownerJwt', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A JWT of the issuer that the service is configured with: it says which owner calls.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'operatorSession', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-latchkey',
    description:
      'A session of an operator, from pages of the service alone: what changes something must come with `Sec-Fetch-Site: same-origin` (or an `Origin` that is this host) and as JSON. On plain http to a loopback host the cookie is `latchkey-session`.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'portalSession', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-latchkey-portal',
    description:
      'A session of an owner in the portal, with the same rules. On plain http to a loopback host the cookie is `latchkey-portal`.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'The API key of the caller whose request it is.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKeyHeader', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The same, without a scheme.',
  });
  registerHeaders(app);
  const components = new Map<string, JsonSchema>();
  for (const { operation } of endpoints) app.openAPIRegistry.registerPath(describe(operation, components));
  for (const [name, schema] of components) app.openAPIRegistry.registerComponent('schemas', name, schema);
}

export const API_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Latchkey',
    version: '1',
    description:
      'Issues, verifies, limits, rotates and revokes API keys. Errors are `application/problem+json` (RFC 9457) with a stable `code`. ' +
      'Every answer has an `X-Request-Id`.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
};

function describe(operation: Operation, components: Components): RouteConfig {
  const { scope } = operation;
  const request = {
    ...(operation.params !== undefined && { params: operation.params }),
    ...(operation.routingPath !== undefined && { params: z.object({ path: z.string() }) }),
    ...(operation.query !== undefined && { query: asObject(operation.query) }),
    ...headersOf(operation),
    ...(operation.body !== undefined && {
      body: {
        required: operation.bodyOptional !== true,
        content: { 'application/json': { schema: schemaOf(operation.body, components) } },
      },
    }),
  };
  return {
    method: operation.method === 'all' ? 'get' : operation.method,
    path: operation.path,
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, scope === null ? undefined : `Scope of an operator token: \`${scope}\`.`]
      .filter(Boolean)
      .join('\n\n'),
    security: securityOf(operation),
    request,
    ...parametersOf(operation, components),
    responses: { ...describeAnswers(operation, components), ...describeProblems(operation) },
  };
}

function headersOf(operation: Operation): { readonly headers?: z.ZodObject } {
  if (operation.headers !== undefined) return { headers: operation.headers };
  const headers = {
    ...(operation.repeatable === true && { 'idempotency-key': idempotencyKey }),
    ...(operation.conditional === true && { 'if-match': ifMatch }),
    ...(isTagged(operation) && { 'if-none-match': ifNoneMatch }),
  };
  return Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) };
}

function securityOf({ scope, ownKeys, session, method }: Operation): NonNullable<RouteConfig['security']> {
  // The credential is a caller's, not an operator's.
  if (method === 'all') return [{ apiKey: [] }, { apiKeyHeader: [] }];
  if (session !== undefined) return [{ [session]: [] }];
  if (ownKeys === true) return [{ ownerJwt: [] }, { portalSession: [] }];
  return scope === null ? [] : [{ adminKey: [] }, { operatorToken: [] }, { operatorSession: [] }];
}

const idempotencyKey = z.string().min(1).max(255).optional().openapi({
  description:
    'Makes the call safe to repeat. The token is shown again only to a random one (such as a UUID), and for ten minutes at most.',
});

const ifMatch = z.string().optional().openapi({
  description:
    'The `ETag` of the key as the client knows it, or several with a comma between two; `*` for any. If the key has another version, the answer is 412 and nothing is changed. A weak tag matches nothing.',
  example: '"3"',
});

const ifNoneMatch = z.string().optional().openapi({
  description:
    'Tags of answers that the client has (`ETag`), with a comma between two, or `*`. With the current one among them the answer is 304.',
});

/** The registry wants the parameters themselves; a rule over several of them is not among what OpenAPI can say. */
function asObject(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError('A query is described by an object.');
}

type Components = Map<string, JsonSchema>;

/** In the form of OpenAPI 3.1, of which the types of the registry know only the 3.0 half. */
function parametersOf({ parameters = [] }: Operation, components: Components): Pick<RouteConfig, 'parameters'> {
  const described = parameters.map(({ name, in: place, required, shape }) => {
    const { description, ...schema } = jsonSchemaOf(shape, components);
    return { name, in: place, required, schema, ...(typeof description === 'string' && { description }) };
  });
  return { parameters: described } as Pick<RouteConfig, 'parameters'>;
}

function schemaOf(described: z.ZodType | Shaped, components: Components): z.ZodType | JsonSchema {
  return 'shape' in described && !(described instanceof z.ZodType) ? jsonSchemaOf(described.shape, components) : (described as z.ZodType);
}

function describeAnswers({ answers, repeatable }: Operation, components: Components): Responses {
  const replayed: readonly HeaderName[] = repeatable === true ? ['Idempotency-Replayed'] : [];
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const described = { description: answer.description, headers: describeHeaders([...(answer.headers ?? []), ...replayed]) };
      const content = Object.entries(schemasOf(answer)).map(([type, schema]) => [type, { schema: schemaOf(schema, components) }] as const);
      return [status, content.length === 0 ? described : { ...described, content: Object.fromEntries(content) }];
    }),
  );
}

function schemasOf({ schema, mediaType = 'application/json', content }: DocumentedAnswer): Readonly<Record<string, z.ZodType | Shaped>> {
  return content ?? (schema === undefined ? {} : { [mediaType]: schema });
}

function describeProblems(operation: Operation): Responses {
  const statuses = new Set([400, 431, 500, ...(operation.problems ?? [])]);
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
        description: describeStatus(status),
        headers: describeHeaders([...(HEADERS_OF_PROBLEMS[status] ?? []), ...(operation.problemHeaders?.[status] ?? [])]),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  );
}

/** Lists the codes that a status stands for, with their titles. */
function describeStatus(status: number): string {
  const codes = PROBLEM_CODES.filter((code) => ERRORS[code].status === status);
  return codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; ');
}

const HEADERS_OF_PROBLEMS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  429: RATE_LIMIT_HEADERS,
  503: ['Retry-After'],
};
