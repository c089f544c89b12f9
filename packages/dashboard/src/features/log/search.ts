import type { ListEventsQuery } from 'latchkey/client';
import { withUnknown, type UnknownFilters } from '../../api/calls/unknown-filters.js';
import { listEvents } from '../../contract/calls/events.js';

/** What of the log stands in its address. Days are those of the reader's own calendar. */
export interface LogSearch extends UnknownFilters {
  readonly action?: string;
  readonly key?: string;
  readonly owner?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly until?: string;
  readonly cursor?: string;
}

const NAMES = ['action', 'key', 'owner', 'actor', 'from', 'until', 'cursor'] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function readLogSearch(search: Record<string, unknown>): LogSearch {
  const texts = NAMES.map((name) => [name, search[name]] as const)
    .filter((entry): entry is readonly [(typeof NAMES)[number], string] => typeof entry[1] === 'string')
    .filter(([name, text]) => text !== '' && isKnown(name, text));
  return withUnknown(Object.fromEntries(texts), search);
}

function isKnown(name: (typeof NAMES)[number], text: string): boolean {
  if (name === 'action') return listEvents.action.choices.some((action) => action === text);
  return (name !== 'from' && name !== 'until') || (DAY.test(text) && !Number.isNaN(Date.parse(text)));
}

export type EventFilters = Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>;

/** The last day is a part of the span. */
export function filtersOf({ from, until, action, key, owner, actor }: LogSearch): EventFilters {
  return {
    ...(action !== undefined && { action: action as NonNullable<EventFilters['action']> }),
    ...(key !== undefined && { key }),
    ...(owner !== undefined && { owner }),
    ...(actor !== undefined && { actor }),
    ...(from !== undefined && { from: midnight(from, 0) }),
    ...(until !== undefined && { until: midnight(until, 1) }),
  };
}

function midnight(day: string, daysLater: number): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + daysLater);
  return date.toISOString();
}
