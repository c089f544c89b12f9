import type { Answer } from './answer.js';
import { errorProblem } from './problem.js';
import type { Exchange, Services } from './services.js';

/** Methods that are counted by their name; nobody may fill the figures with names of their own. */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** From a request to its answer, whatever happens in between; then the figures and the log. Never rejects. */
export function createAnswerer({ clock, log, metrics }: Pick<Services, 'clock' | 'log' | 'metrics'>) {
  function report({ method, requestId, keyId, address }: Exchange, route: string, { status, startedAt }: Reported): void {
    const counted = KNOWN_METHODS.has(method) ? method : 'other';
    const durationMs = clock.monotonicMs() - startedAt;
    metrics.observe({ method: counted, route, status, durationMs });
    const line = { method: counted, route, status, durationMs, requestId, keyId, address };
    if (route.startsWith('/v1/')) log.info(line, 'request');
    else log.debug(line, 'request');
  }

  /** `route` is the pattern of the route, under which the request is counted. */
  return async (exchange: Exchange, route: string, answerTo: (exchange: Exchange) => Promise<Answer>): Promise<Answer> => {
    const startedAt = clock.monotonicMs();
    let answer: Answer;
    try {
      answer = await answerTo(exchange);
    } catch (error) {
      answer = errorProblem(error, exchange.requestId);
      if (answer.status >= 500) log.error({ err: error, requestId: exchange.requestId, route }, 'request failed');
    }
    report(exchange, route, { status: answer.status, startedAt });
    return answer;
  };
}

export type Answerer = ReturnType<typeof createAnswerer>;

interface Reported {
  readonly status: number;
  readonly startedAt: number;
}
