/**
 * What a route answers, before any framework has a say: as a fetch response, or written by the fast lane.
 */
export interface Answer {
  readonly status: number;
  /** In parts, which nobody has to copy into one. No name stands in two of them, in whatever case. */
  readonly headers: readonly HeaderFields[];
  readonly body: string | Uint8Array | null;
  /** True where the body contains a token or a link. Such a body is not compressed. */
  readonly carriesSecret?: true;
  /** Whole `Set-Cookie` fields, as this one may be sent several times. Not on the fast lane, as what follows. */
  readonly cookies?: readonly string[];
  /** In the place of a body: one that is made while it is sent. */
  readonly stream?: ReadableStream<Uint8Array>;
}

export type HeaderFields = Readonly<Record<string, string>>;

export const NO_STORE: HeaderFields = { 'cache-control': 'no-store' };
const JSON_TYPE: HeaderFields = { 'content-type': 'application/json' };

/** An answer in JSON that no cache may keep. */
export function json(status: number, value: unknown, headers: HeaderFields = {}): Answer {
  return { status, headers: [JSON_TYPE, NO_STORE, headers], body: JSON.stringify(value) };
}

/** The same, of text that is JSON already. */
export function jsonText(status: number, text: string): Answer {
  return { status, headers: [JSON_TYPE, NO_STORE], body: text };
}

export function empty(status: number, headers: HeaderFields = {}): Answer {
  return { status, headers: [NO_STORE, headers], body: null };
}
