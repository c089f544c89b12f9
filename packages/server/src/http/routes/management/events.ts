import type { LogHead } from 'latchkey';
import { z } from '@hono/zod-openapi';
import { endpoint } from '../../endpoints/endpoint.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { json } from '../../exchange/answer.js';
import {
  archivedLog,
  archiveLogBody,
  chainReport,
  eventPage,
  exportEventsQuery,
  listEventsQuery,
  logHead,
  verifyEventsQuery,
} from '../../schemas/events.js';
import { exportLog } from './export-log.js';

const tag = 'Events';

const listEvents = endpoint(
  {
    method: 'get',
    path: '/v1/events',
    id: 'listEvents',
    tag,
    summary: 'Read the change log',
    scope: 'events:read',
    query: listEventsQuery,
    answers: taggedAnswers('A page of events', eventPage),
  },
  async ({ services, query, context }) => json(200, await services.latchkey.events.list(query, context)),
);

const getHead = endpoint(
  {
    method: 'get',
    path: '/v1/events/head',
    id: 'getLogHead',
    tag,
    summary: 'The last entry of the change log',
    description: 'Keep it elsewhere: with it, a cut tail can be found. Null while the log is empty.',
    scope: 'events:read',
    answers: { 200: { description: 'Place and hash of the last entry', schema: logHead } },
  },
  async ({ services, context }) => json(200, await services.latchkey.events.head(context)),
);

const verifyEvents = endpoint(
  {
    method: 'get',
    path: '/v1/events/verify',
    id: 'verifyEvents',
    tag,
    summary: 'Check the change log, or a part of it',
    description:
      'Checks every link and every hash; with `seq` and `hash` of an entry that you kept, that no tail was cut off as well. With `afterSeq` and `afterHash`, only what is newer. To follow a long check, give a `limit` and go on after the `head` of each report.',
    scope: 'events:read',
    query: verifyEventsQuery,
    answers: { 200: { description: 'Whether the log is as it was written', schema: chainReport } },
  },
  async ({ services, query: { seq, hash, afterSeq, afterHash, limit }, context }) => {
    const query = { expect: headOf(seq, hash), after: headOf(afterSeq, afterHash), limit };
    return json(200, await services.latchkey.events.verify(query, context));
  },
);

const archiveEvents = endpoint(
  {
    method: 'post',
    path: '/v1/events/archive',
    id: 'archiveEvents',
    tag,
    summary: 'Archive the old part of the change log',
    description:
      'From then on the log begins after the entry that is named, with a signed checkpoint, and the entries up to it leave the database within minutes. Export them first: they cannot be brought back. Entries of the last hour stay.',
    scope: 'events:archive',
    body: archiveLogBody,
    answers: { 200: { description: 'The checkpoint', schema: archivedLog } },
  },
  async ({ services, body, context }) => json(200, await services.latchkey.events.archive(body, context)),
);

const exportEvents = endpoint(
  {
    method: 'get',
    path: '/v1/events/export',
    id: 'exportEvents',
    tag,
    summary: 'Download the change log, or a part of it, oldest first',
    description: 'As JSON lines, or as CSV (RFC 4180) in which no cell is a formula.',
    scope: 'events:read',
    query: exportEventsQuery,
    answers: {
      200: {
        description: 'The entries',
        headers: ['Content-Disposition'],
        content: { 'application/jsonl': z.string(), 'text/csv': z.string() },
      },
    },
  },
  async ({ services, query: { format, ...query }, context }) => exportLog(services.latchkey.events.walk(query, context), format),
);

function headOf(seq: number | undefined, hash: string | undefined): LogHead | undefined {
  return seq === undefined || hash === undefined ? undefined : { seq, hash };
}

export const eventEndpoints = [listEvents, getHead, verifyEvents, archiveEvents, exportEvents];
