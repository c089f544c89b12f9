// @ts-check
/** The reference of the audit log: the actions of its entries, and the fields of an entry. */
import { CONTRACT, EVENT_TEXTS } from '../../packages/latchkey/dist/internal/index.js';
import { fieldRows } from './field-rows.js';
import { page, table } from './markdown.js';

/** @returns {string} */
export function eventsPage() {
  const entry = fieldRows(/** @type {import('./field-rows.js').Part} */ (CONTRACT.events.list.output).entries?.['data']?.item ?? {});
  return page('packages/latchkey/src/contract/calls/events.ts and event-texts.ts', [
    '# Entries of the audit log',
    `Every change is one entry of the audit log, written in the same transaction. Entries are chained: each has the hash of the one before it, so
that a log that was changed shows. No entry holds a secret. [\`events\`](calls.md#events) are the calls that read it.`,
    '## Actions',
    `\`target\` names what was changed: \`key\`, \`owner\`, \`tier\` or \`log\`, the first part of the action.`,
    table(
      ['action', 'meaning'],
      Object.entries(EVENT_TEXTS).map(([action, text]) => [`\`${action}\``, text]),
    ),
    '## Fields of an entry',
    table(
      ['field', 'type', 'meaning'],
      entry.map(({ name, type, description }) => [`\`${name}\``, type, description]),
    ),
  ]);
}
