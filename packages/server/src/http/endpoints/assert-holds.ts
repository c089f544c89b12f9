import { ForbiddenError, missingScopes, type CallContext, type OperatorScope } from 'latchkey';

/** For an answer that tells of more than its operation's own scope lets one read. Throws a ForbiddenError. */
export function assertHolds({ actor }: CallContext, scope: OperatorScope): void {
  const missing = missingScopes(actor.scopes, [scope]);
  if (missing.length > 0) throw new ForbiddenError(`This needs the scope ${scope} as well, which your operator token lacks.`, missing);
}
