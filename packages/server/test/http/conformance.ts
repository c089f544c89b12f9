/**
 * Whether an answer is as the OpenAPI document says: its status is documented, its media type too, and its body
 * fits the schema with no field beyond it.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: JsonSchema }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>>;
}

export type JsonSchema = { readonly [word: string]: unknown };

export interface Answered {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string;
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

  return ({ method, path, status, mediaType, text }) => {
    const operation = operationAt(document, method, path);
    const where = `${method} ${path} → ${status}`;
    const response = operation?.responses[String(status)];
    if (operation !== null && response === undefined) throw new Error(`${where}: the status is not documented. ${text}`);
    // A page, or one of its files.
    if (operation === null && status < 400 && !path.startsWith('/v1/')) return;
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
