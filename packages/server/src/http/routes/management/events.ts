/** The routes about the audit log: those of the contract, and the export as a file. */
import type { LogHead } from 'latchkey';
import { SERVICE_INPUTS } from 'latchkey/internal';
import { callAt, contractEndpoint, contractEndpoints, operationOf, operatorEndpoint } from '../../endpoints/contract-endpoints.js';
import { exportLog } from './export-log.js';

const tag = 'Events';

const { call: check, address } = callAt('events', 'verify');

/** A query has no objects: a head is two parameters. */
const verifyEvents = contractEndpoint({ ...operationOf(check, address, tag), query: SERVICE_INPUTS.checkLog.shape }, check, {
  address,
  async run({ services: { latchkey } }, [query, context]) {
    const { seq, hash, afterSeq, afterHash, limit } = SERVICE_INPUTS.checkLog.read(query);
    const input = { expect: headOf(seq, hash), after: headOf(afterSeq, afterHash), limit };
    return latchkey.events.verify(input, context as Parameters<typeof latchkey.events.verify>[1]);
  },
});

const exportEvents = operatorEndpoint(
  {
    method: 'get',
    path: '/v1/events/export',
    id: 'exportEvents',
    tag,
    summary: 'Download the audit log, or a part of it, the oldest first',
    description: 'As JSON lines, or as CSV (RFC 4180) in which no cell is a formula.',
    scope: 'events:read',
    query: SERVICE_INPUTS.exportLog.shape,
    answers: {
      200: {
        description: 'The entries',
        headers: ['Content-Disposition'],
        content: { 'application/jsonl': { type: 'string' }, 'text/csv': { type: 'string' } },
      },
    },
  },
  async ({ services, query, context }) => {
    const { format } = SERVICE_INPUTS.exportLog.read(query);
    const { format: _format, ...filters } = query;
    return exportLog(services.latchkey.events.walk(filters, context), format);
  },
);

function headOf(seq: number | undefined, hash: string | undefined): LogHead | undefined {
  return seq === undefined || hash === undefined ? undefined : { seq, hash };
}

export const eventEndpoints = [...contractEndpoints('events', tag, ['verify']), verifyEvents, exportEvents];
