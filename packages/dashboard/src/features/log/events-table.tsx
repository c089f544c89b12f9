import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { EventView } from 'latchkey/client';
import { useState } from 'react';
import { Badge } from '../../ui/text/badge.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import { formatNumber } from '../../ui/text/format.js';
import { Lines } from '../../ui/text/lines.js';
import { Mono } from '../../ui/text/mono.js';
import { Name } from '../../ui/text/name.js';
import { Empty } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import { actorOf, wordsOf } from './action-words.js';
import { EventDialog } from './event-dialog.js';
import classes from './log.module.css';

interface EventsTableProps {
  readonly events: readonly EventView[];
  readonly busy?: boolean;
  /** True if filters chose these entries. */
  readonly filtered?: boolean;
}

/** Entries of the log, each with its details behind its number. */
export function EventsTable({ events, busy = false, filtered = false }: EventsTableProps) {
  const [shown, setShown] = useState<EventView | null>(null);
  if (events.length === 0 && filtered) return <Empty title="No entry is like that">Choose other filters, or take some away.</Empty>;
  if (events.length === 0) {
    return (
      <Empty title="No entry yet">Every change to keys, owners and tiers is written here, with who made it and what it was before.</Empty>
    );
  }
  const columns: readonly Column<EventView>[] = [
    { id: 'action', header: 'What', primary: true, cell: (event) => <Action event={event} /> },
    { id: 'target', header: 'Of', cell: ({ target }) => <Target target={target} /> },
    { id: 'actor', header: 'By', cell: (event) => <Mono>{actorOf(event)}</Mono> },
    { id: 'reason', header: 'Reason', wide: true, cell: ({ reason }) => (reason === null ? '–' : <Lines>{reason}</Lines>) },
    { id: 'at', header: 'When', cell: ({ at }) => <Time at={at} focusable={false} /> },
    {
      id: 'details',
      header: 'Entry',
      align: 'end',
      cell: (event) => (
        <Button size="compact-xs" variant="subtle" onClick={() => setShown(event)} aria-label={`Details of entry ${event.seq}`}>
          {formatNumber(event.seq)}
        </Button>
      ),
    },
  ];
  return (
    <>
      <DataTable label="Log" columns={columns} rows={events} rowId={({ seq }) => String(seq)} busy={busy} />
      {shown !== null && <EventDialog event={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function Action({ event: { action } }: { readonly event: EventView }) {
  const { word, tone } = wordsOf(action);
  return (
    <Badge tone={tone} variant="dot">
      {word}
    </Badge>
  );
}

function Target({ target: { type, id } }: { readonly target: EventView['target'] }) {
  if (type === 'key') {
    return (
      <Link to="/keys/$id" params={{ id }} className={classes.target}>
        <Mono>{id}</Mono>
      </Link>
    );
  }
  if (type === 'owner') {
    return (
      <Link to="/owners/$id" params={{ id }} className={classes.target}>
        <Name>{id}</Name>
      </Link>
    );
  }
  return (
    <Link to="/tiers/$name" params={{ name: id }} className={classes.target}>
      {id}
    </Link>
  );
}
