/** The change log as a file to keep: made little by little while it is read, in constant memory. */
import type { EventView } from 'latchkey';
import { NO_STORE, type Answer } from '../../exchange/answer.js';
import { csvRow } from './csv.js';

const FORMATS = {
  jsonl: { mediaType: 'application/jsonl', line: (event: EventView) => `${JSON.stringify(event)}\n` },
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', line: csvLine },
} as const;

const COLUMNS: readonly (readonly [title: string, cell: (event: EventView) => string | number | null])[] = [
  ['seq', ({ seq }) => seq],
  ['at', ({ at }) => at],
  ['action', ({ action }) => action],
  ['actorType', ({ actor }) => actor.type],
  ['actorId', ({ actor }) => actor.id],
  ['targetType', ({ target }) => target.type],
  ['targetId', ({ target }) => target.id],
  ['owner', ({ owner }) => owner],
  ['reason', ({ reason }) => reason],
  ['address', ({ address }) => address],
  ['requestId', ({ requestId }) => requestId],
  ['sessionId', ({ session }) => session?.id ?? null],
  ['sessionLink', ({ session }) => session?.link ?? null],
  ['before', ({ before }) => (before === null ? null : JSON.stringify(before))],
  ['after', ({ after }) => (after === null ? null : JSON.stringify(after))],
  ['previousHash', ({ previousHash }) => previousHash],
  ['hash', ({ hash }) => hash],
];

/** Entries that are put into one piece of the answer. */
const LINES_PER_PIECE = 50;

export function exportLog(events: AsyncIterable<EventView>, format: keyof typeof FORMATS): Answer {
  const { mediaType, line } = FORMATS[format];
  const head = format === 'csv' ? csvRow(COLUMNS.map(([title]) => title)) : '';
  return {
    status: 200,
    headers: [{ 'content-type': mediaType, 'content-disposition': `attachment; filename="latchkey-events.${format}"` }, NO_STORE],
    body: null,
    stream: streamOf(events, { head, line }),
  };
}

function csvLine(event: EventView): string {
  return csvRow(COLUMNS.map(([, cell]) => cell(event)));
}

/** An entry is read when there is room for it: a reader that is slow, or goes away, costs nothing. */
function streamOf(
  events: AsyncIterable<EventView>,
  { head, line }: { readonly head: string; readonly line: (event: EventView) => string },
): ReadableStream<Uint8Array> {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let pending = head;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (let lines = 0; lines < LINES_PER_PIECE; lines++) {
          const next = await iterator.next();
          if (next.done === true) {
            if (pending !== '') controller.enqueue(encoder.encode(pending));
            controller.close();
            return;
          }
          pending += line(next.value);
        }
        controller.enqueue(encoder.encode(pending));
        pending = '';
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
