/** The calls about the audit log. */
import * as v from 'valibot';
import { EVENT_ACTIONS } from '../../domain/event.js';
import type { CallsOf } from '../call.js';
import { choice, described, fields, integer, list, nullable, optional } from '../shape.js';
import { identifier, instant, nextCursor, paging, time } from '../values.js';

const action = choice(EVENT_ACTIONS, { type: 'EventAction', from: 'domain/event' });

const filters = {
  action: optional(action, {
    description: 'Entries of this action.',
    option: { value: 'action', help: 'entries of this action, such as key.revoked' },
    form: {},
  }),
  key: optional(identifier, { description: 'Entries about this key.', option: { value: 'id', help: 'entries about this key' }, form: {} }),
  owner: optional(identifier, {
    description: 'Entries that concern this owner.',
    option: { value: 'id', help: 'entries that concern this owner' },
    form: {},
  }),
  actor: optional(identifier, {
    description: 'Entries that this actor caused.',
    option: { value: 'id', help: 'entries that this actor caused' },
    form: { label: 'By' },
  }),
  from: optional(instant, {
    description: 'Entries at this instant or after it.',
    option: { value: 'time', help: 'entries at this instant or after it' },
    form: {},
  }),
  until: optional(instant, {
    description: 'Entries before this instant.',
    option: { value: 'time', help: 'entries before this instant' },
    form: {},
  }),
};

/** The filters alone: for everything that they admit. */
export const eventFilters = fields({}, filters);

export const listEventsInput = fields(
  { name: 'ListEventsQuery', description: 'Which entries of the audit log, and which page of them.' },
  {
    ...filters,
    order: optional(choice(['newest', 'oldest']), {
      description: 'Which come first; by default the newest.',
      option: { value: 'order', help: 'which come first: newest (the default) or oldest' },
    }),
    ...paging,
  },
);

export const exportEventsInput = fields(
  {},
  {
    ...filters,
    format: choice(['jsonl', 'csv'], {
      description: '`jsonl`: an entry on each line, as `latchkey events --verify --file` takes it. `csv`: RFC 4180.',
    }),
  },
);

const sequence = integer(1, Number.MAX_SAFE_INTEGER);
const hash = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'Use 64 hexadecimal digits in lower case.'),
  v.metadata({ json: { pattern: '^[0-9a-f]{64}$' } }),
);

const head = fields(
  { name: 'LogHead', description: 'The position of an entry in the audit log, and its hash.', type: 'LogHead', from: 'domain/event' },
  { seq: sequence, hash },
);

const checkLimit = optional(integer(1, Number.MAX_SAFE_INTEGER), {
  description: 'At most so many entries are checked; by default all. The next call continues after the `head` of the report.',
});

export const checkLogInput = fields(
  { name: 'VerifyEventsQuery', description: 'Which part of the audit log is checked, and against what.' },
  {
    expect: optional(head, {
      description: 'An entry that was kept elsewhere: with it, a removed tail and a log that was rewritten and hashed anew are found, too.',
    }),
    after: optional(head, {
      description: 'Only entries after this one are checked. It must be in the log as it was kept: the head of an earlier report.',
    }),
    limit: checkLimit,
  },
);

/** The same in a query, which has no objects. */
export const checkLogQuery = v.pipe(
  fields(
    {},
    {
      seq: optional(sequence, { description: 'With `hash`: an entry that you kept, such as an earlier head of the log.' }),
      hash: optional(hash, { description: 'The hash of the entry at `seq`.' }),
      afterSeq: optional(sequence, {
        description: 'With `afterHash`: only entries after this one are checked, such as the `head` of an earlier report.',
      }),
      afterHash: optional(hash, { description: 'The hash of the entry at `afterSeq`.' }),
      limit: checkLimit,
    },
  ),
  v.check((query) => (query.seq === undefined) === (query.hash === undefined), 'Give seq and hash together.'),
  v.check((query) => (query.afterSeq === undefined) === (query.afterHash === undefined), 'Give afterSeq and afterHash together.'),
);

export const archiveLogInput = fields(
  { name: 'ArchiveLogInput' },
  { upTo: described(head, { description: 'The last entry that is archived: its position and its hash, as an export shows them.' }) },
);

const changedFields = described(v.unknown(), {
  description: 'Only the fields that changed.',
  json: { type: ['object', 'null'], additionalProperties: true },
});

const eventView = fields(
  {
    name: 'EventView',
    description: 'An entry of the audit log. Its hash is over the entry as it is stored.',
    type: 'EventView',
    from: 'domain/event',
  },
  {
    seq: described(sequence, { description: '1, 2, 3, … without a gap, in the order of the commits.' }),
    at: time,
    action,
    actor: fields({}, { type: choice(['admin', 'operator', 'owner', 'library', 'system']), id: v.string() }),
    target: fields({}, { type: choice(['key', 'owner', 'tier', 'log']), id: v.string() }),
    owner: nullable(v.string(), { description: 'The owner concerned.' }),
    reason: nullable(v.string()),
    address: nullable(v.string()),
    requestId: nullable(v.string()),
    session: nullable(fields({}, { id: v.string(), link: nullable(v.string()) }), {
      description: 'The session that the actor acted through, and the portal link that opened it.',
    }),
    before: changedFields,
    after: changedFields,
    previousHash: v.string(),
    hash: v.string(),
  },
);

const eventPage = fields({ name: 'EventPage' }, { data: list(eventView), nextCursor });

const archivedLog = fields(
  { name: 'ArchivedLog' },
  {
    archived: described(head, { description: 'The checkpoint that the log begins after.' }),
    entries: described(integer(0, Number.MAX_SAFE_INTEGER), {
      description: 'How many entries this call archived; 0 where they were archived before.',
    }),
  },
);

const chainReport = fields(
  { name: 'ChainReport' },
  {
    intact: v.boolean(),
    entries: described(integer(0, Number.MAX_SAFE_INTEGER), { description: 'How many entries were checked.' }),
    head: nullable(head, { description: 'The last entry that was checked; if none was, the one that the check began after.' }),
    broken: nullable(fields({}, { seq: v.number(), reason: v.string() }), {
      description: 'The first entry that is not as it was written, and why; null where the log is intact.',
    }),
    archived: nullable(
      fields(
        {
          name: 'ArchivedPart',
          description: 'The last entry of the archived part of the log, and the outcome of the check of its signature.',
        },
        { seq: sequence, hash, signature: choice(['valid', 'invalid', 'none', 'unknown_pepper']) },
      ),
      { description: 'The checkpoint that an archived log begins after; null where nothing was archived.' },
    ),
    complete: described(v.boolean(), {
      description: 'Whether the check reached the end of the log. If not, it ended at a break or at its limit: continue after `head`.',
    }),
  },
);

export const EVENT_CALLS: CallsOf<'events'> = {
  list: {
    id: 'listEvents',
    summary: 'Read the audit log',
    scope: 'events:read',
    input: listEventsInput,
    output: eventPage,
    gives: 'A page of entries',
    effect: 'reads',
    tagged: true,
  },
  head: {
    id: 'getLogHead',
    summary: 'Read the last entry of the audit log',
    description: 'Keep it elsewhere: with it, a removed tail can be found. Null while the log is empty.',
    scope: 'events:read',
    output: nullable(head),
    gives: 'Position and hash of the last entry',
    effect: 'reads',
  },
  verify: {
    id: 'verifyEvents',
    summary: 'Check the audit log, or a part of it',
    description:
      'Checks every link and every hash; with an entry that you kept, also that no tail was removed. Entries are checked where they are stored, a few thousand at a time: verifications continue. To follow a long check, give a `limit` and continue after the `head` of each report.',
    scope: 'events:read',
    input: checkLogInput,
    output: chainReport,
    gives: 'Whether the log is as it was written',
    effect: 'reads',
  },
  archive: {
    id: 'archiveEvents',
    summary: 'Archive the old part of the audit log',
    description:
      'From then on the log begins after the named entry, with a signed checkpoint, and the entries up to it leave the database within minutes. Export them first: they cannot be restored. Entries of the last hour stay. Safe to repeat.',
    scope: 'events:archive',
    input: archiveLogInput,
    output: archivedLog,
    gives: 'The checkpoint',
    effect: 'changes',
  },
};
