import { InvalidInputError, type InputIssue } from '../domain/errors.js';

/** Returns the query of a URL or request target, without its question mark: what follows the first one, up to a fragment. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  if (start < 0) return '';
  const end = url.indexOf('#', start);
  return url.slice(start + 1, end < 0 ? undefined : end);
}

/**
 * Reads a query as a record. Throws an InvalidInputError for each parameter given twice, because one reader would take the
 * first and another the last. It names the parameter where the name is a plain one: any other might be a token.
 */
export function readQuery(query: string): Readonly<Record<string, string>> {
  if (query === '') return {};
  const parameters: [string, string][] = [];
  const issues: InputIssue[] = [];
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (seen.has(name)) issues.push({ pointer: PLAIN_NAME.test(name) ? `/${name}` : '', message: 'Give this query parameter once.' });
    seen.add(name);
    parameters.push([name, value]);
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  return Object.fromEntries(parameters);
}

const PLAIN_NAME = /^[A-Za-z][\w.]{0,31}$/;
