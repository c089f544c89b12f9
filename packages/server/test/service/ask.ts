/** Calls to a running service over HTTP, as its administrator. */
import { ADMIN_KEY } from '../cli/command.js';

/** JSON, loosely: a test says what it expects of it. */
export interface Fields {
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test reads out of an answer it states itself
  readonly [name: string]: any;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Fields;
}

export interface Question {
  readonly method?: string;
  readonly body?: unknown;
  /** Beside the admin key. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Ask = (path: string, question?: Question) => Promise<Reply>;

/** Rejects where no whole answer came; by default a body is posted, and what has none is got. */
export function createAsk(url: string): Ask {
  return async (path, { body, method = body === undefined ? 'GET' : 'POST', headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { 'x-admin-key': ADMIN_KEY, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? {} : (JSON.parse(text) as Fields) };
  };
}

/** So many calls at once. */
export async function parallel<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => work(index)));
}
