import type { GuardRequest } from './guard.js';

/** What is looked at of a request of Node's, whatever framework wraps it. */
interface NodeRequest {
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Every value of a header, as often as it was sent: of headers that are repeated, Node's own record keeps but the
 * first or joins them. Hosts without a socket (adapters of serverless platforms) fill the record alone.
 */
export function nodeHeaderValues({ rawHeaders, headers }: NodeRequest): GuardRequest<unknown>['headerValues'] {
  if (rawHeaders.length === 0) return (name) => [headers[name] ?? []].flat();
  return (name) => {
    const values: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const raw = rawHeaders[i];
      if (raw?.length === name.length && raw.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
    }
    return values;
  };
}
