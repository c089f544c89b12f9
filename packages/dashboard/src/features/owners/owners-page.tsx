import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { OwnerView } from 'latchkey/client';
import { useCallback } from 'react';
import { describeError } from '../../api/errors/describe-error.js';
import { listOwners } from '../../contract/calls/owners.js';
import { ownersQuery } from '../../api/calls/queries.js';
import { useCursorTrail } from '../../api/calls/use-cursor-trail.js';
import { Badge } from '../../ui/text/badge.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import form from '../../ui/forms/form.module.css';
import { formatNumber } from '../../ui/text/format.js';
import { LinkButton } from '../../ui/layout/link.js';
import { NameCell } from '../../ui/tables/name-cell.js';
import { Name } from '../../ui/text/name.js';
import { Page } from '../../ui/layout/page.js';
import { Paged } from '../../ui/tables/pager.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { SearchField } from '../../ui/forms/search-field.js';
import { UnknownFilters } from '../../ui/tables/unknown-filters.js';
import { Empty } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import { readOwnersSearch } from './search.js';

const route = getRouteApi('/shell/owners');
const PAGE_SIZE = 50;

export function OwnersPage() {
  // The router also gives what the list does not know of its address.
  const search = readOwnersSearch({ ...route.useSearch() });
  const { unknown, ...listed } = search;
  const navigate = route.useNavigate();
  const query = useQuery(ownersQuery({ ...listed, limit: PAGE_SIZE }));
  const pages = useCursorTrail(
    search.cursor,
    query,
    (cursor, state, replace = false) => void navigate({ search: (before) => ({ ...before, cursor }), state, replace }),
  );
  const onSearch = useCallback((text: string) => void navigate({ search: text === '' ? {} : { search: text }, replace: true }), [navigate]);
  return (
    <Page title="Owners" lead="Owners of keys. An owner is created with its first key.">
      <div className={form.filters} role="search" aria-label="Owners">
        <div data-grow>
          <SearchField field={listOwners.search} value={search.search ?? ''} onSearch={onSearch} />
        </div>
      </div>
      <UnknownFilters unknown={unknown} />
      <QueryView query={query} describe={describeError} lines={10}>
        {(page) => (
          <Paged shown={page.data.length} noun="owner" {...pages} none={<NoOwners filtered={search.search !== undefined} />}>
            <DataTable label="Owners" columns={COLUMNS} rows={page.data} rowId={({ id }) => id} busy={query.isPlaceholderData} />
          </Paged>
        )}
      </QueryView>
    </Page>
  );
}

function NoOwners({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <Empty title="No owner is called that">A search finds a part of an id or of a name.</Empty>;
  return (
    <Empty title="There are no owners yet" action={<LinkButton to="/keys/new">Create the first key</LinkButton>}>
      Whoever a key is created for appears here: a person, a team, a service, by the id that your application knows them by.
    </Empty>
  );
}

const COLUMNS: readonly Column<OwnerView>[] = [
  {
    id: 'owner',
    header: 'Owner',
    primary: true,
    cell: ({ id, name }) => (
      <NameCell below={name === null ? null : id} wide>
        <Link to="/owners/$id" params={{ id }} title={name ?? id}>
          <Name>{name ?? id}</Name>
        </Link>
      </NameCell>
    ),
  },
  { id: 'status', header: 'Status', cell: ({ status }) => <OwnerBadge status={status} /> },
  { id: 'live', header: 'Live keys', align: 'end', cell: ({ keys }) => formatNumber(keys.live) },
  { id: 'total', header: 'All keys', align: 'end', cell: ({ keys }) => formatNumber(keys.total) },
  {
    id: 'limits',
    header: 'Shared limits',
    align: 'end',
    wide: true,
    cell: ({ limits }) => (limits.length === 0 ? '–' : formatNumber(limits.length)),
  },
  { id: 'created', header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} focusable={false} /> },
];

export function OwnerBadge({ status }: { readonly status: OwnerView['status'] }) {
  return (
    <Badge tone={status === 'active' ? 'good' : 'warn'} variant="dot">
      {status === 'active' ? 'Active' : 'Suspended'}
    </Badge>
  );
}
