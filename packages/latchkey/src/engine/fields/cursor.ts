/** Cursors of lists: opaque to the caller, and refused with another list or other filters than their own. */
import { BOUNDS } from '../../domain/bounds.js';
import { textDigest } from '../../domain/credential-digest.js';
import { canonicalJson } from '../../domain/event-chain.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { JsonValue } from '../../domain/json.js';

const DEFAULT_PAGE = 20;

/** Where a page ended: text and numbers that the next one begins after. */
export type Position = readonly (string | number)[];

export interface Paging {
  readonly limit: number;
  /** Null for the first page. */
  readonly after: Position | null;
  cursorAt(position: Position): string;
}

/** Reads `limit` and `cursor` of a list; `filters` is all else that makes it this list. */
export function readPaging(
  list: string,
  query: { limit?: number | undefined; cursor?: string | null | undefined },
  filters: JsonValue,
): Paging {
  const limit = query.limit ?? DEFAULT_PAGE;
  if (!Number.isInteger(limit) || limit < 1 || limit > BOUNDS.pageSize) {
    throw new InvalidInputError([{ pointer: '/limit', message: `Use an integer from 1 to ${BOUNDS.pageSize}.` }]);
  }
  const tag = textDigest(canonicalJson([list, filters])).slice(0, 12);
  return {
    limit,
    after: query.cursor == null ? null : readCursor(query.cursor, tag),
    cursorAt: (position) => Buffer.from(JSON.stringify([tag, ...position])).toString('base64url'),
  };
}

/** The page out of one item more than it holds. */
export function toPage<Item, View>(
  items: readonly Item[],
  paging: Paging,
  { view, position }: { view: (item: Item) => View; position: (item: Item) => Position },
): { readonly data: readonly View[]; readonly nextCursor: string | null } {
  const shown = items.slice(0, paging.limit);
  const last = shown.at(-1);
  return {
    data: shown.map(view),
    nextCursor: items.length > paging.limit && last !== undefined ? paging.cursorAt(position(last)) : null,
  };
}

function readCursor(cursor: string, tag: string): Position {
  try {
    const [cursorTag, ...position] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (cursorTag === tag && position.length > 0 && position.every(isPositionPart)) return position;
  } catch {
    // Not one of ours: refused below like one of another list.
  }
  throw new InvalidInputError([{ pointer: '/cursor', message: 'Use the nextCursor of the page before, with the same filters and order.' }]);
}

function isPositionPart(part: unknown): part is string | number {
  return typeof part === 'string' || (typeof part === 'number' && Number.isSafeInteger(part));
}
