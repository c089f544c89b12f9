/**
 * Holds answers against the OpenAPI document: its status is documented, its media type and headers too, and
 * its body fits the schema with no field beyond it.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly headers: Readonly<Record<string, { readonly description: string; readonly required?: boolean; readonly schema: JsonSchema }>>;
  };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
    readonly explode?: boolean;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface DocumentedResponse {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export type JsonSchema = { readonly [word: string]: unknown };

export interface Answered {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string;
  readonly headers: Headers;
  readonly text: string;
}

export type ConformanceCheck = (answered: Answered) => void;

/** Throws an error that says what is not as documented. */
export function createConformanceCheck(document: Document): ConformanceCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': isInstant } });
  const schemas = Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema)]));
  ajv.addSchema({ $id: 'api', components: { schemas } });
  const validators = new Map<JsonSchema, ValidateFunction>();
  const validatorOf = (schema: JsonSchema): ValidateFunction => {
    const validator = validators.get(schema) ?? ajv.compile(closed(rebased(schema)));
    validators.set(schema, validator);
    return validator;
  };

  return ({ method, path, status, mediaType, headers, text }) => {
    const operation = operationAt(document, method, path);
    const where = `${method} ${path} → ${status}`;
    const response = operation?.responses[String(status)];
    if (operation !== null && response === undefined) throw new Error(`${where}: the status is not documented. ${text}`);
    // A page, or one of its files.
    if (operation === null && status < 400 && !path.startsWith('/v1/')) return;
    if (response !== undefined) checkHeaders(where, headers, { response, declared: document.components.headers });
    const content = response?.content;
    if (operation !== null && content === undefined) {
      if (text !== '') throw new Error(`${where}: a body where none is documented.`);
      return;
    }
    const schema = operation === null ? { $ref: '#/components/schemas/Problem' } : content?.[mediaType]?.schema;
    if (schema === undefined) throw new Error(`${where}: ${mediaType} is not documented. ${text}`);
    const validate = validatorOf(schema);
    if (!validate(mediaType.endsWith('json') ? JSON.parse(text) : text)) {
      throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${text}`);
    }
  };
}

/** Of HTTP itself (the media type is declared with the body), and the policy for browsers (ADR 23). */
const UNDECLARED = new Set(
  `content-type content-length content-encoding vary allow content-security-policy cross-origin-opener-policy
   cross-origin-resource-policy referrer-policy x-frame-options`.split(/\s+/),
);

interface Declaring {
  readonly response: DocumentedResponse;
  readonly declared: Document['components']['headers'];
}

/** Every header that came is declared, and every one came that is declared as required. */
function checkHeaders(where: string, headers: Headers, { response, declared }: Declaring): void {
  const names = Object.keys(response.headers ?? {});
  const known = new Set(names.map((name) => name.toLowerCase()));
  const undeclared = [...headers.keys()].filter((name) => !known.has(name) && !UNDECLARED.has(name));
  if (undeclared.length > 0) throw new Error(`${where}: the headers ${undeclared.join(', ')} are not documented.`);
  const missing = names.filter((name) => declared[name]?.required === true && !headers.has(name));
  if (missing.length > 0) throw new Error(`${where}: the headers ${missing.join(', ')} are missing.`);
}

/** Null for what is no documented operation: an unknown route, or a method that a route does not have. */
export function operationAt(document: Document, method: string, path: string): DocumentedOperation | null {
  const candidates = Object.keys(document.paths).filter((template) => matches(template, path));
  const [best] = candidates.toSorted((a, b) => a.split('{').length - b.split('{').length);
  return best === undefined ? null : (document.paths[best]?.[method.toLowerCase()] ?? null);
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/\{path\}/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

function rebased(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as JsonSchema;
}

/** Objects with documented fields have no others. */
function closed(schema: JsonSchema): JsonSchema {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)]));
    return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
  };
  return walk(schema) as JsonSchema;
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}
