/** Data made from a JSON schema: good data that fits it, and bad data that is good data spoilt in one place. */
import fc from 'fast-check';
import type { JsonSchema } from './conformance.js';

export interface Making {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** Values that exist, for fields of these names. */
  readonly known: Readonly<Record<string, readonly (string | number)[]>>;
}

export function fromSchema(schema: JsonSchema, making: Making): fc.Arbitrary<unknown> {
  const ref = schema['$ref'];
  if (typeof ref === 'string') return fromSchema(making.schemas[ref.split('/').at(-1) ?? ''] ?? {}, making);
  const union = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined;
  if (union !== undefined) return fc.oneof(...union.map((one) => fromSchema(one, making)));
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const { type } = schema;
  const types = Array.isArray(type) ? (type as string[]) : [String(type)];
  return fc.oneof(...types.map((one) => ofType(one, schema, making)));
}

function ofType(type: string, schema: JsonSchema, making: Making): fc.Arbitrary<unknown> {
  const number = (word: string, fallback: number): number => (typeof schema[word] === 'number' ? schema[word] : fallback);
  switch (type) {
    case 'string':
      return ofString(schema, { minLength: number('minLength', 0), maxLength: Math.min(number('maxLength', 40), 60) });
    case 'integer':
      return fc.oneof(
        ofInteger(number('minimum', -10), number('maximum', Number.MAX_SAFE_INTEGER)),
        fc.constantFrom(number('minimum', 0), number('maximum', 1)),
      );
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fromSchema(schema['items'] as JsonSchema, making), {
        minLength: number('minItems', 0),
        maxLength: Math.min(number('maxItems', 3), 3),
      });
    case 'object':
      return ofObject(schema, making);
    default:
      throw new Error(`No data is made of the type ${type}.`);
  }
}

/** Small ones within the bounds. */
function ofInteger(minimum: number, maximum: number): fc.Arbitrary<number> {
  const min = Math.max(minimum, -10);
  return fc.integer({ min, max: Math.min(maximum, Math.max(1_000, min + 1_000)) });
}

function ofString(schema: JsonSchema, length: { minLength: number; maxLength: number }): fc.Arbitrary<string> {
  if (typeof schema['pattern'] === 'string') return matching(schema['pattern']);
  const made = fc
    .string({ ...length, unit: 'grapheme' })
    .filter((text) => text.length >= length.minLength && text.length <= length.maxLength);
  const likely = fc.constantFrom('a:read', '1h', '90d', '10.0.0.0/8', 'live', 'team-7').filter((text) => text.length <= length.maxLength);
  const example = typeof schema['example'] === 'string' ? [fc.constant(schema['example'])] : [];
  if (schema['format'] === 'date-time') {
    return fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  }
  return fc.oneof(made, likely, ...example);
}

/** Kept, because to build one takes longer than a hundred samples of it. */
const byPattern = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string): fc.Arbitrary<string> {
  const made = byPattern.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
  byPattern.set(pattern, made);
  return made;
}

function ofObject(schema: JsonSchema, making: Making): fc.Arbitrary<unknown> {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties === undefined) return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  const required = (schema['required'] ?? []) as string[];
  const members = Object.entries(properties).map(([name, member]): [string, fc.Arbitrary<unknown>] => {
    const values = making.known[name];
    const made = fromSchema(member, making);
    return [name, values === undefined ? made : fc.oneof(fc.constantFrom(...values), made)];
  });
  const made = fc.record(Object.fromEntries(members), { requiredKeys: required });
  return 'example' in schema ? fc.oneof({ weight: 3, arbitrary: made }, { weight: 1, arbitrary: fc.constant(schema['example']) }) : made;
}

/** `good`, spoilt: a member of another type, one too many or too few, another value altogether, or text that is no JSON. */
export function spoil(good: fc.Arbitrary<unknown>, canary: string): fc.Arbitrary<unknown> {
  const odd = fc.oneof(
    fc.constantFrom(
      null,
      true,
      -1,
      1.5,
      1e300,
      '',
      ' ',
      [],
      {},
      [[]],
      '\u0000',
      '\u202e',
      '__proto__',
      'constructor',
      "' OR 1=1 --",
      '../..',
    ),
    fc.constant(canary),
    fc.constant({ [canary]: canary }),
    fc.string({ minLength: 300, maxLength: 400 }),
    fc.jsonValue(),
  );
  const names = fc.constantFrom('unknown', 'id', 'constructor', canary, 'toString', 'owner', 'name', 'limits', 'metadata');
  return fc.oneof(
    odd,
    fc.constantFrom('{', 'nonsense', `{"a":${canary}`, '{"a":1,}', '[1', '\u0000', '{"name":"x","owner":"y","__proto__":{"admin":true}}'),
    fc.tuple(good, names, odd).map(([value, name, member]) => (isRecord(value) ? { ...value, [name]: member } : [value, member])),
    fc.tuple(good, fc.nat(), odd).map(([value, at, member]) => replaced(value, at, member)),
    fc.tuple(good, fc.nat()).map(([value, at]) => (isRecord(value) ? without(value, at) : null)),
  );
}

function replaced(value: unknown, at: number, member: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown, index) => (index === at % value.length ? replaced(one, at, member) : one));
  if (!isRecord(value)) return member;
  const names = Object.keys(value);
  const name = names[at % names.length];
  return name === undefined ? member : { ...value, [name]: at % 2 === 0 ? member : replaced(value[name], at >> 1, member) };
}

function without(value: Readonly<Record<string, unknown>>, at: number): unknown {
  const names = Object.keys(value);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== names[at % names.length]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
