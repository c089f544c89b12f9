import { toIso, type TableWeight, type UsageHeld } from 'latchkey/internal';
import { ok, type Finding } from './finding.js';

const MEBIBYTE = 1024 * 1024;

/** Reports the usage figures that are kept, and their size. */
export function checkUsage({ hours, days, takingOver }: UsageHeld): Finding {
  const later = takingOver
    ? ' Figures of an earlier version are taken over while the service runs: until that is done, some are missing.'
    : '';
  return ok('usage', `By the hour ${shown(hours)}; by the day ${shown(days)}.${later}`);
}

function shown({ since, rows, counted, bytes }: TableWeight): string {
  if (since === null) return 'there is nothing yet';
  const size = bytes === null ? '' : `, ${(bytes / MEBIBYTE).toFixed(1)} MiB`;
  return `since ${toIso(since)} (${HOW_MANY[counted]}${rows} rows${size})`;
}

const HOW_MANY = { exact: '', at_least: 'at least ', estimated: 'about ' };
