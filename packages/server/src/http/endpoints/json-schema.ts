/** The JSON Schema (2020-12, as OpenAPI 3.1 has it) of a part of the contract. */
import { aboutOf } from 'latchkey/internal';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A part of a shape, as the schema library keeps it. */
interface Part {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly unknown[];
}

const LEFT_OUT = ['optional', 'nullish', 'exact_optional'];

/** Returns the schema; every object that has a name goes to `components`, once, and is referred to. */
export function jsonSchemaOf(part: Part, components: Map<string, JsonSchema>): JsonSchema {
  if (part.type === 'optional' || part.type === 'exact_optional') return jsonSchemaOf(inner(part), components);
  if (part.type === 'nullable' || part.type === 'nullish') return orNull(jsonSchemaOf(inner(part), components));
  const { name, description, example, json } = aboutOf(part);
  if (name === undefined || (part.entries === undefined && part.type !== 'unknown')) {
    return { ...plainSchema(part, components), ...json, ...said({ description, example }) };
  }
  if (part.entries !== undefined && !components.has(name)) {
    // Before its fields, so that the document names what they refer to after it.
    components.set(name, {});
    components.set(name, { ...plainSchema(part, components), ...said({ description, example }) });
  }
  return { $ref: `#/components/schemas/${name}` };
}

/** Returns whether a field may be left out. */
function mayLack(part: Part): boolean {
  return LEFT_OUT.includes(part.type ?? '');
}

function plainSchema(part: Part, components: Map<string, JsonSchema>): JsonSchema {
  switch (part.type ?? '') {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: part.type };
    case 'picklist':
      return { type: 'string', enum: part.options };
    case 'array':
      return { type: 'array', items: jsonSchemaOf(part.item ?? {}, components) };
    case 'strict_object': {
      const entries = Object.entries(part.entries ?? {}).filter(([, entry]) => aboutOf(entry).only !== 'library');
      const required = entries.filter(([, entry]) => !mayLack(entry)).map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, entry]) => [name, jsonSchemaOf(entry, components)])),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      };
    }
    default:
      // A union, or a check of ours: `json` of the contract says what it is.
      return {};
  }
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, $ref } = schema;
  if ($ref !== undefined || type === undefined) return { anyOf: [schema, { type: 'null' }] };
  const types = [...(Array.isArray(type) ? (type as unknown[]) : [type]), 'null'];
  return { ...schema, type: types, ...(Array.isArray(schema['enum']) && { enum: [...(schema['enum'] as unknown[]), null] }) };
}

function said({ description, example }: { description?: string | undefined; example?: unknown }): JsonSchema {
  return { ...(description !== undefined && { description }), ...(example !== undefined && { example }) };
}

function inner(part: Part): Part {
  return part.wrapped ?? {};
}
