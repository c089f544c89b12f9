/** The JSON Schema (2020-12, as OpenAPI 3.1 has it) of a part of the contract. */
import { aboutOf, mayLack, type Part, unwrapped } from 'latchkey/internal';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Returns the schema. Adds every object that has a name to `components`, once, and refers to it. */
export function jsonSchemaOf(part: Part, components: Map<string, JsonSchema>): JsonSchema {
  if (part.wrapped !== undefined) {
    const schema = jsonSchemaOf(part.wrapped, components);
    return part.type === 'nullable' || part.type === 'nullish' ? orNull(schema) : schema;
  }
  const { name, description, example, json } = aboutOf(part);
  if (name === undefined || (part.entries === undefined && part.type !== 'union')) {
    return { ...plainSchema(part, components), ...json, ...documentation({ description, example }) };
  }
  if (!components.has(name)) {
    // Before its fields, so that the document names what they refer to after it.
    components.set(name, {});
    components.set(name, { ...plainSchema(part, components), ...json, ...documentation({ description, example }) });
  }
  return { $ref: `#/components/schemas/${name}` };
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
      const { oneOf } = aboutOf(part);
      if (oneOf !== undefined) return { anyOf: oneOf.map((name) => plainSchema(onlyWith(name, part, oneOf), components)) };
      const entries = Object.entries(part.entries ?? {}).filter(([, entry]) => aboutOf(entry).only !== 'library');
      const required = entries.filter(([, entry]) => !mayLack(entry)).map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, entry]) => [name, jsonSchemaOf(entry, components)])),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      };
    }
    case 'union':
      // Of values that are not objects, the contract states the schema in `json`.
      return isOfObjects(part) ? { anyOf: (part.options as readonly Part[]).map((option) => jsonSchemaOf(option, components)) } : {};
    default:
      // The contract states the schema of our own checks in `json`.
      return {};
  }
}

/** Returns the object in which `name` is given, and the other `alternatives` are not. */
function onlyWith(name: string, part: Part, alternatives: readonly string[]): Part {
  const entries = Object.entries(part.entries ?? {}).filter(([each]) => each === name || !alternatives.includes(each));
  return {
    type: 'strict_object',
    entries: Object.fromEntries(entries.map(([each, entry]) => [each, each === name ? unwrapped(entry) : entry])),
  };
}

function isOfObjects({ options = [] }: Part): boolean {
  return (options as readonly Part[]).every(({ entries }) => entries !== undefined);
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, $ref } = schema;
  if ($ref !== undefined || type === undefined) return { anyOf: [schema, { type: 'null' }] };
  const types = [...(Array.isArray(type) ? (type as unknown[]) : [type]), 'null'];
  return { ...schema, type: types, ...(Array.isArray(schema['enum']) && { enum: [...(schema['enum'] as unknown[]), null] }) };
}

function documentation({ description, example }: { description?: string | undefined; example?: unknown }): JsonSchema {
  return { ...(description !== undefined && { description }), ...(example !== undefined && { example }) };
}
