/** Access to the routes that tell about the service itself. */
import type { OperatorScope } from 'latchkey';
import { authenticateOperator } from '../authentication/authenticate-operator.js';
import { NO_STORE, type HeaderFields } from '../exchange/answer.js';
import { problem } from '../exchange/problem.js';
import type { Endpoint } from './endpoint.js';

/** Who may read a route: everybody, operators only, or nobody. */
export type Access = 'open' | 'operator' | 'off';

/** From the most open one to the most closed one. */
const ORDER: readonly Access[] = ['open', 'operator', 'off'];

/** By whom each route is read. */
export interface AccessRules {
  readonly metrics: Access;
  /** The page that shows the OpenAPI document; it is never more open than the document. */
  readonly docs: Access;
  readonly openapi: Access;
}

/** The scope with which an operator reads `/v1/settings`, too. */
const SCOPE: OperatorScope = 'settings:read';

/** Returns the more closed one. */
export function stricterAccess(one: Access, other: Access): Access {
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

/**
 * Returns the endpoints as `access` demands: unchanged, for operators only, or none of them. `ofAllKeys`: what they tell is of all
 * keys, and so not for an operator who is bound to some.
 */
export function withAccess(endpoints: readonly Endpoint[], access: Access, { ofAllKeys = false } = {}): readonly Endpoint[] {
  if (access === 'off') return [];
  return access === 'open' ? endpoints : endpoints.map((endpoint) => forOperators(endpoint, ofAllKeys));
}

function forOperators({ operation, run }: Endpoint, ofAllKeys: boolean): Endpoint {
  return {
    operation: { ...operation, scope: SCOPE },
    async run(services, exchange, params) {
      const authentication = await authenticateOperator(services, exchange, SCOPE);
      if ('refused' in authentication) return authentication.refused;
      if (ofAllKeys && authentication.actor.bounds != null) {
        const detail = 'This tells of all keys, and your operator token is bound to some. Use a token that is not bound.';
        return problem('forbidden', { detail, requestId: exchange.requestId });
      }
      const answer = await run(services, exchange, params);
      return { ...answer, headers: answer.headers.map(withoutCaching) };
    },
  };
}

/** A cache would give the answer to others. */
function withoutCaching(part: HeaderFields): HeaderFields {
  return 'cache-control' in part ? { ...part, ...NO_STORE } : part;
}
