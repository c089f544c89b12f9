import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ChainReport } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../app/api/client.js';
import { describeError } from '../../app/api/describe-error.js';
import { eventsQuery } from '../../app/api/queries.js';
import { useCursorTrail } from '../../app/api/use-cursor-trail.js';
import { formatCount, formatNumber } from '../../ui/format.js';
import { DownloadIcon, ShieldIcon } from '../../ui/icons.js';
import { Mono } from '../../ui/mono.js';
import { Page } from '../../ui/page.js';
import { Pager } from '../../ui/pager.js';
import { QueryView } from '../../ui/query-view.js';
import { Failure, Note } from '../../ui/states.js';
import { EventsTable } from './events-table.js';
import { LogFilters } from './log-filters.js';
import { filtersOf, type LogSearch } from './search.js';

const route = getRouteApi('/shell/log');
const PAGE_SIZE = 50;

export function LogPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(
    eventsQuery({ ...filtersOf(search), limit: PAGE_SIZE, ...(search.cursor !== undefined && { cursor: search.cursor }) }),
  );
  const pages = useCursorTrail(
    search.cursor,
    query.data?.nextCursor ?? null,
    (cursor, state) => void navigate({ search: (before) => ({ ...before, cursor }), state }),
  );
  const chain = useChainCheck();
  return (
    <Page
      title="Log"
      lead="Every change, in order, each entry sealed by the hash of the one before."
      actions={
        <>
          <Button variant="default" leftSection={<ShieldIcon size={16} />} loading={chain.busy} onClick={chain.check}>
            Check the chain
          </Button>
          <ExportMenu search={search} />
        </>
      }
    >
      {chain.failure !== null && <Failure title={describeError(chain.failure).title}>{describeError(chain.failure).detail}</Failure>}
      {chain.report !== null && <ChainNote report={chain.report} />}
      <LogFilters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      <QueryView query={query} describe={describeError} lines={10}>
        {(page) => (
          <>
            <EventsTable events={page.data} busy={query.isPlaceholderData} />
            <Pager shown={page.data.length} noun="entry" many="entries" {...pages} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function ExportMenu({ search }: { readonly search: LogSearch }) {
  const filters = filtersOf(search);
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<DownloadIcon size={16} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={api.events.exportUrl('jsonl', filters)} download>
          JSON lines, to be checked offline
        </Menu.Item>
        <Menu.Item component="a" href={api.events.exportUrl('csv', filters)} download>
          CSV, for a spreadsheet
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useChainCheck() {
  const [report, setReport] = useState<ChainReport | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const check = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setReport(await api.events.verify());
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return { report, failure, busy, check: () => void check() };
}

function ChainNote({ report: { intact, entries, head, broken } }: { readonly report: ChainReport }) {
  if (!intact) {
    return (
      <Note
        tone="bad"
        title={
          broken === null
            ? 'The log is not as it was written'
            : `The log is not as it was written from entry ${formatNumber(broken.seq)} on`
        }
      >
        {broken?.reason} Keep a copy of the database as it is, and compare it with your last export.
      </Note>
    );
  }
  return (
    <Note tone="good" title={`Intact: ${formatCount(entries, 'entry', 'entries')}, every link checked`}>
      {head === null ? (
        'The log is empty.'
      ) : (
        <>
          Keep the last entry elsewhere, and a cut tail can be found: {formatNumber(head.seq)} <Mono>{head.hash}</Mono>
        </>
      )}
    </Note>
  );
}
