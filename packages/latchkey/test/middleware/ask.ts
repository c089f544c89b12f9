import { request as openRequest } from 'node:http';

export interface Question {
  readonly method?: string | undefined;
  readonly path: string;
  /** In order, repeated ones as often as they stand here. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly body?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One request, whose headers go over the wire as they stand. */
export async function ask(url: string, { method = 'GET', path, headers = [], body }: Question): Promise<Answer> {
  const { host } = new URL(url);
  const length = body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const];
  const given = [['host', host] as const, ['connection', 'close'] as const, ...length, ...headers];
  return new Promise((resolve, reject) => {
    const sent = openRequest(`${url}${path}`, { method, agent: false, headers: given.flat() }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const fields = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(fields), text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
