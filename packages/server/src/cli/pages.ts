/** A listing: one page or all of them, as a table or as JSON. */
import type { Page } from 'latchkey';
import { UsageError } from './failures.js';
import { renderTable, type TextColumn } from './table.js';
import type { Terminal } from './terminal.js';

export interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Listing<Item> extends PageQuery {
  readonly json?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly read: (query: PageQuery) => Promise<Page<Item>>;
  readonly columns: readonly TextColumn<Item>[];
  /** What is said where there is nothing to list. */
  readonly none: string;
}

export async function printPage<Item>(terminal: Terminal, listing: Listing<Item>): Promise<void> {
  if (listing.all === true && listing.limit !== undefined) throw new UsageError('Use --limit or --all, not both.');
  const page = listing.all === true ? await readAll(listing) : await listing.read({ limit: listing.limit, cursor: listing.cursor });
  if (listing.json === true) {
    terminal.printJson(page);
    return;
  }
  if (page.data.length === 0) terminal.note(listing.none);
  else terminal.print(renderTable(listing.columns, page.data, terminal.colour));
  if (page.nextCursor !== null) terminal.note(`There are more: add --cursor ${page.nextCursor}, or --all.`);
}

/** Every item, page by page. */
export async function* walkPages<Item>(read: (query: PageQuery) => Promise<Page<Item>>, from?: string): AsyncGenerator<Item> {
  let cursor = from;
  do {
    const page: Page<Item> = await read({ limit: 100, cursor });
    yield* page.data;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function readAll<Item>({ read, cursor }: Listing<Item>): Promise<Page<Item>> {
  const data: Item[] = [];
  for await (const item of walkPages(read, cursor)) data.push(item);
  return { data, nextCursor: null };
}
