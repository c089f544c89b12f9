import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { eventsQuery } from '../../api/calls/queries.js';
import { useCursorTrail } from '../../api/calls/use-cursor-trail.js';
import { DownloadIcon, ShieldIcon } from '../../ui/theme/icons.js';
import { Page } from '../../ui/layout/page.js';
import { Pager } from '../../ui/tables/pager.js';
import { UnknownFilters } from '../../ui/tables/unknown-filters.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { ChainOutcome } from './chain-outcome.js';
import { EventsTable } from './events-table.js';
import { LogFilters } from './log-filters.js';
import { filtersOf, readLogSearch, type LogSearch } from './search.js';
import { useChainCheck } from './use-chain-check.js';

const route = getRouteApi('/shell/log');
const PAGE_SIZE = 50;

export function LogPage() {
  // The router also gives what the list does not know of its address.
  const search = readLogSearch({ ...route.useSearch() });
  const navigate = route.useNavigate();
  const query = useQuery(
    eventsQuery({ ...filtersOf(search), limit: PAGE_SIZE, ...(search.cursor !== undefined && { cursor: search.cursor }) }),
  );
  const pages = useCursorTrail(
    search.cursor,
    query,
    (cursor, state, replace = false) => void navigate({ search: (before) => ({ ...before, cursor }), state, replace }),
  );
  const chain = useChainCheck();
  return (
    <Page
      title="Log"
      lead="Every change, in order, each entry sealed by the hash of the one before."
      actions={
        <>
          <Button variant="default" leftSection={<ShieldIcon size={16} />} loading={chain.running !== null} onClick={chain.check}>
            Check the chain
          </Button>
          <ExportMenu search={search} />
        </>
      }
    >
      <ChainOutcome chain={chain} />
      <LogFilters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      <UnknownFilters unknown={search.unknown} />
      <QueryView query={query} describe={describeError} lines={10}>
        {(page) => (
          <>
            <EventsTable events={page.data} busy={query.isPlaceholderData} filtered={Object.keys(filtersOf(search)).length > 0} />
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
