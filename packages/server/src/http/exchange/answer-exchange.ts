import type { Clock } from 'latchkey';
import { MAX_HEADER_FIELDS, TOO_MANY_HEADERS } from 'latchkey/edge';
import type { RequestLog } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { Answer } from './answer.js';
import type { Exchange } from './exchange.js';
import { errorProblem, problem, refusalProblem } from './problem.js';
import { UnreadBody } from './read-body.js';

/** The parts that time, log and count an exchange. */
export interface AnswererParts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: RequestLog;
  readonly metrics: Metrics;
}

/** Methods that are counted by their name; nobody may fill the figures with names of their own. */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** From a request to its answer, whatever happens in between; then the figures and the log. Never rejects. */
export function createAnswerer({ clock, log, metrics }: AnswererParts) {
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
      answer = refuseForm(exchange) ?? (await answerTo(exchange));
    } catch (error) {
      if ((error instanceof UnreadBody || isAbort(error)) && exchange.isAbandoned()) {
        metrics.countAbandoned();
        log.debug({ requestId: exchange.requestId, route }, 'request abandoned by its client');
        return ABANDONED;
      }
      answer = errorProblem(error, exchange.requestId);
      if (answer.status >= 500) log.error({ err: error, requestId: exchange.requestId, route }, 'request failed');
    }
    report(exchange, route, { status: answer.status, startedAt });
    return answer;
  };
}

/** A read that was ended because the client has gone. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Nobody hears it. */
const ABANDONED: Answer = { status: 400, headers: [], body: null };

/** Refuses a request, whatever it asks, that a proxy before this service may have read in another way. */
function refuseForm({ fieldCount, headerValues, requestId }: Exchange): Answer | null {
  if (fieldCount > MAX_HEADER_FIELDS) return refusalProblem(TOO_MANY_HEADERS, { requestId });
  if (headerValues('host').length > 1) {
    return problem('several_hosts', { detail: 'Send one Host field (RFC 9112, section 3.2).', requestId });
  }
  return null;
}

export type Answerer = ReturnType<typeof createAnswerer>;

interface Reported {
  readonly status: number;
  readonly startedAt: number;
}
