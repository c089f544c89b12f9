import { isLatchkeyError, UnavailableError } from '../../domain/errors.js';

/**
 * What a failure of the database is to its callers. The driver's own error stays as the cause: it names
 * tables and columns, never the values of a statement.
 */
export function asUnavailable(error: unknown): Error {
  return isLatchkeyError(error) || isAbort(error) ? error : new UnavailableError('store', { cause: error });
}

/** Returns the error of a read whose caller has given it up. */
export function abortError(): DOMException {
  return new DOMException('The caller has given up the read.', 'AbortError');
}

function isAbort(error: unknown): error is DOMException {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The same methods, failing as `asUnavailable` says. */
export function failingAsUnavailable<Methods extends object>(methods: Methods): Methods {
  const wrapped = Object.entries(methods).map(([name, method]: [string, unknown]) => [
    name,
    typeof method === 'function' ? wrap(method as AsyncMethod) : method,
  ]);
  return Object.fromEntries(wrapped) as Methods;
}

type AsyncMethod = (...parameters: unknown[]) => Promise<unknown>;

function wrap(method: AsyncMethod): AsyncMethod {
  return async (...parameters) => {
    try {
      return await method(...parameters);
    } catch (error) {
      throw asUnavailable(error);
    }
  };
}
