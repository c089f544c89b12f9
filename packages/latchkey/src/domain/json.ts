/** A JSON value as RFC 8259 defines it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Latchkey never merges one into an object of its own. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
