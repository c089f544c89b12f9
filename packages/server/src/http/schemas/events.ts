import { z } from '@hono/zod-openapi';
import { EVENT_ACTIONS } from 'latchkey';
import { cursor, instant, instantInput, integerParameter, pageSize, text } from './values.js';

/** As long as an owner's id, or an operator's: `oidc:` and a subject. */
const identifier = text(300);

const filters = {
  action: z.enum(EVENT_ACTIONS).optional(),
  key: identifier.optional().openapi({ description: 'Events of this key.' }),
  owner: identifier.optional().openapi({ description: 'Events that concern this owner.' }),
  actor: identifier.optional().openapi({ description: 'Events caused by this actor.' }),
  from: instantInput.optional().openapi({ description: 'Events at this instant or after it.' }),
  until: instantInput.optional().openapi({ description: 'Events before this instant.' }),
};

export const listEventsQuery = z.strictObject({
  ...filters,
  order: z.enum(['newest', 'oldest']).optional().openapi({ description: 'Which come first; by default the newest.' }),
  limit: pageSize.optional(),
  cursor: cursor.optional(),
});

export const exportEventsQuery = z.strictObject({
  ...filters,
  format: z.enum(['jsonl', 'csv']).openapi({ description: '`jsonl`: an entry a line, as `latchkey events --verify --file` takes it.' }),
});

const placeInLog = (description: string) => integerParameter({ min: 1, max: Number.MAX_SAFE_INTEGER, description }).optional();

const hashOfEntry = z.string().regex(/^[0-9a-f]{64}$/, 'Use 64 hexadecimal digits.');

const hashInLog = hashOfEntry.optional();

/** A head is two parameters, both or neither: a place in the log and the hash that stood there. */
export const verifyEventsQuery = z
  .strictObject({
    seq: placeInLog('With `hash`: an entry that you kept, such as an earlier head of the log.'),
    hash: hashInLog,
    afterSeq: placeInLog('With `afterHash`: check only the entries after this one, such as the `head` of an earlier report.'),
    afterHash: hashInLog,
    limit: placeInLog('Check so many entries at most; the next request goes on after the `head` of the report.'),
  })
  .refine((query) => (query.seq === undefined) === (query.hash === undefined), 'Give seq and hash together.')
  .refine((query) => (query.afterSeq === undefined) === (query.afterHash === undefined), 'Give afterSeq and afterHash together.');

const change = z.record(z.string(), z.unknown()).nullable();

const event = z
  .object({
    seq: z.number().int(),
    at: instant,
    action: z.enum(EVENT_ACTIONS),
    actor: z.object({ type: z.enum(['admin', 'operator', 'owner', 'library', 'system']), id: z.string() }),
    target: z.object({ type: z.enum(['key', 'owner', 'tier', 'log']), id: z.string() }),
    owner: z.string().nullable(),
    reason: z.string().nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    session: z
      .object({ id: z.string(), link: z.string().nullable() })
      .nullable()
      .openapi({ description: 'The session that the actor acted through, and the portal link that opened it.' }),
    before: change,
    after: change,
    previousHash: z.string(),
    hash: z.string(),
  })
  .openapi('Event');

export const eventPage = z.object({ data: z.array(event), nextCursor: z.string().nullable() }).openapi('EventPage');

const head = z.object({ seq: z.number().int(), hash: z.string() }).openapi('LogHead');

/** `.nullable()` of a named schema would make the name itself nullable. */
export const logHead = z.union([head, z.null()]);

export const archiveLogBody = z.strictObject({
  upTo: z
    .strictObject({ seq: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER), hash: hashOfEntry })
    .openapi({ description: 'The last entry that is archived: its place and its hash, as an export shows them.' }),
});

export const archivedLog = z
  .object({ archived: head, entries: z.number().int().openapi({ description: 'How many entries this request archived.' }) })
  .openapi('ArchivedLog');

export const chainReport = z
  .object({
    intact: z.boolean(),
    entries: z.number().int(),
    head: logHead,
    broken: z.object({ seq: z.number().int(), reason: z.string() }).nullable(),
    archived: z
      .object({ seq: z.number().int(), hash: z.string(), signature: z.enum(['valid', 'invalid', 'none', 'unknown_pepper']) })
      .nullable()
      .openapi({ description: 'The checkpoint that an archived log begins after.' }),
    complete: z.boolean().openapi({ description: 'Whether the check came to the end of the log.' }),
  })
  .openapi('ChainReport');
