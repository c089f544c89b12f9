/** Requests to an example, over its socket. */
import { once } from 'node:events';
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What is in its JSON; null where it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what is in it, the test says
  readonly body: any;
}

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export async function ask(url: string, { method, headers = {}, body }: Request = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /^application\/(?:problem\+)?json\b/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null };
}

/** The same request many times at once. */
export async function askAtOnce(times: number, act: () => Promise<Answer>): Promise<readonly Answer[]> {
  return Promise.all(Array.from({ length: times }, act));
}

export interface SlowRequest {
  /** Sends the body, and ends the request. */
  finish(body: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** A request whose head is sent, and whose body is yet to come. Resolves once the server asks for the body. */
export async function askSlowly(url: string, headers: Readonly<Record<string, string>>, method = 'POST'): Promise<SlowRequest> {
  const outgoing = request(url, { method, headers: { ...headers, 'Content-Type': 'application/json', Expect: '100-continue' } });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on('error', reject).on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
  });
  answered.catch(() => undefined);
  outgoing.flushHeaders();
  const early = answered.then(({ status, text }) => Promise.reject(new Error(`answered before the body came: ${status} ${text}`)));
  await Promise.race([once(outgoing, 'continue'), early]);
  return {
    finish(body) {
      outgoing.end(body);
      return answered;
    },
  };
}

/** Resolves once somebody listens at the address. */
export async function untilAnswered(url: string): Promise<void> {
  await until(
    async () => isAnswered(url),
    () => `${url} does not answer.`,
  );
}

/** Resolves once nobody listens at the address any more. */
export async function untilRefused(url: string): Promise<void> {
  await until(
    async () => !(await isAnswered(url)),
    () => `${url} still answers.`,
  );
}

/** Asks until the answer is as wished; gives it, or throws with the last one where that does not come about. */
export async function askUntil(act: () => Promise<Answer>, isRight: (answer: Answer) => boolean): Promise<Answer> {
  let answer = await act();
  const isSo = async (): Promise<boolean> => isRight(answer) || isRight((answer = await act()));
  await until(isSo, () => `It did not come about: ${answer.status} ${answer.text}`);
  return answer;
}

async function until(isSo: () => Promise<boolean>, problem: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(problem());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function isAnswered(url: string): Promise<boolean> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  );
}
