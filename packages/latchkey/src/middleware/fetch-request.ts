import type { GuardRequest } from './guard.js';

/** Where a second credential begins in `Authorization` headers that were joined into one. */
const JOINED_CREDENTIALS = /,\s*(?=(?:basic|bearer)(?:\s|$))/i;

/** The values of a header of a fetch request, which has joined with commas what was repeated. */
export function fetchHeaderValues({ headers }: Pick<Request, 'headers'>): GuardRequest<unknown>['headerValues'] {
  return (name) => {
    const value = headers.get(name);
    if (value === null) return [];
    return name === 'authorization' ? value.split(JOINED_CREDENTIALS) : [value];
  };
}
