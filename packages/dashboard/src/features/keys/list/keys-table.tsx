import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KeyUsage, KeyView } from 'latchkey/client';
import { usageByKeyQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { DataTable, type Column, type Sorting } from '../../../ui/tables/data-table.js';
import { EnvironmentBadge, Expiry, StatusBadge } from '../../../ui/keys/key-words.js';
import { Mono } from '../../../ui/text/mono.js';
import { NameCell } from '../../../ui/tables/name-cell.js';
import { Name } from '../../../ui/text/name.js';
import { Sparkline } from '../../../ui/charts/sparkline.js';
import { formatCompact } from '../../../ui/text/format.js';
import { Time } from '../../../ui/time/time.js';
import classes from './keys-page.module.css';
import { listKeys } from '../../../contract/calls/keys.js';
import { DIRECTIONS, type KeysSearch } from '../search.js';
import { TagLinks } from '../tag-links.js';
import type { SelectedKeys } from './use-selection.js';

interface KeysTableProps {
  readonly keys: readonly KeyView[];
  readonly busy: boolean;
  readonly selection: SelectedKeys | undefined;
  /** The filters and the order of the list. */
  readonly search: KeysSearch;
  readonly onSort: Sorting['onSort'];
}

/** The tags of a key that are shown; the page of the key shows all of them. */
const TAGS_MOST = 3;

export function KeysTable({ keys, busy, selection, search, onSort }: KeysTableProps) {
  const ids = keys.map(({ id }) => id);
  const usage = useQuery({ ...usageByKeyQuery(ids, '7d'), enabled: useMay('usage:read') && ids.length > 0 });
  const byKey = new Map(usage.data?.data.map((each) => [each.key, each]));
  return (
    <DataTable
      label="Keys"
      columns={columnsWith(byKey, search)}
      rows={keys}
      rowId={({ id }) => id}
      busy={busy}
      sorting={{ choices: listKeys.sort.choices, ...sortedBy(search), onSort }}
      {...(selection !== undefined && {
        selection: {
          isSelected: selection.has,
          isSelectable: (key: KeyView) => key.status !== 'revoked',
          onChange: selection.set,
          label: (key: KeyView) => `Select ${key.name}`,
        },
      })}
    />
  );
}

/** Without a choice the newest come first, or what the filter calls urgent. */
function sortedBy({ sort, order = 'desc', attention }: KeysSearch): Pick<Sorting, 'by' | 'direction'> {
  return { by: sort ?? (attention === undefined ? 'created' : null), direction: order };
}

/** The id of a column that sorts is the word of the contract for its order. */
function columnsWith(usage: ReadonlyMap<string, KeyUsage>, search: KeysSearch): readonly Column<KeyView>[] {
  return [
    { id: 'name', header: 'Key', primary: true, sorts: DIRECTIONS.name, cell: (key) => <KeyName item={key} search={search} /> },
    {
      id: 'owner',
      header: 'Owner',
      cell: ({ owner }) => (
        <Link to="/owners/$id" params={{ id: owner }} className={classes.cellLink}>
          <Name>{owner}</Name>
        </Link>
      ),
    },
    { id: 'environment', header: 'Environment', cell: ({ environment }) => <EnvironmentBadge environment={environment} /> },
    { id: 'tier', header: 'Tier', wide: true, cell: ({ tier }) => tier ?? '–' },
    { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    { id: 'used', header: 'Last use', sorts: DIRECTIONS.used, cell: (key) => <LastUse item={key} /> },
    {
      id: 'expires',
      header: 'Expires',
      sorts: DIRECTIONS.expires,
      cell: ({ expiresAt, daysUntilExpiry }) => <Expiry focusable={false} expiresAt={expiresAt} daysUntilExpiry={daysUntilExpiry} />,
    },
    {
      id: 'created',
      header: 'Created',
      wide: true,
      sorts: DIRECTIONS.created,
      cell: ({ createdAt }) => <Time at={createdAt} focusable={false} />,
    },
    {
      id: 'requests',
      header: 'Requests',
      wide: true,
      sorts: DIRECTIONS.requests,
      cell: ({ id, requests }) => (
        <span className={classes.use}>
          <span title="Since the key was created">{formatCompact(requests)} accepted</span>
          <Sparkline points={usage.get(id)?.points ?? []} span="last 7 days" />
        </span>
      ),
    },
  ];
}

function KeyName({ item: { id, name, hint, tags }, search }: { readonly item: KeyView; readonly search: KeysSearch }) {
  return (
    <>
      <NameCell below={hint} beside>
        <Link to="/keys/$id" params={{ id }} title={name}>
          <Name>{name}</Name>
        </Link>
      </NameCell>
      <TagLinks tags={tags} search={search} most={TAGS_MOST} />
    </>
  );
}

function LastUse({ item: { lastUsedAt, lastUsedFrom } }: { readonly item: KeyView }) {
  return (
    <span className={classes.use}>
      <Time at={lastUsedAt} focusable={false} />
      {lastUsedFrom?.address && <Mono soft>{lastUsedFrom.address}</Mono>}
    </span>
  );
}
