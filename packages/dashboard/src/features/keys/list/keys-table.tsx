import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KeyUsage, KeyView } from 'latchkey/client';
import { usageByKeyQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { DataTable, type Column } from '../../../ui/tables/data-table.js';
import { EnvironmentBadge, Expiry, StatusBadge } from '../../../ui/keys/key-words.js';
import { Mono } from '../../../ui/text/mono.js';
import { NameCell } from '../../../ui/tables/name-cell.js';
import { Name } from '../../../ui/text/name.js';
import { Sparkline } from '../../../ui/charts/sparkline.js';
import { Time } from '../../../ui/time/time.js';
import classes from './keys-page.module.css';
import type { SelectedKeys } from './use-selection.js';

interface KeysTableProps {
  readonly keys: readonly KeyView[];
  readonly busy: boolean;
  readonly selection: SelectedKeys | undefined;
}

export function KeysTable({ keys, busy, selection }: KeysTableProps) {
  const ids = keys.map(({ id }) => id);
  const usage = useQuery({ ...usageByKeyQuery(ids, '7d'), enabled: useMay('usage:read') && ids.length > 0 });
  const byKey = new Map(usage.data?.data.map((each) => [each.key, each]));
  return (
    <DataTable
      label="Keys"
      columns={columnsWith(byKey)}
      rows={keys}
      rowId={({ id }) => id}
      busy={busy}
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

function columnsWith(usage: ReadonlyMap<string, KeyUsage>): readonly Column<KeyView>[] {
  return [
    { id: 'name', header: 'Key', primary: true, cell: (key) => <KeyName item={key} /> },
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
    { id: 'used', header: 'Last use', cell: (key) => <LastUse item={key} /> },
    {
      id: 'expires',
      header: 'Expires',
      cell: ({ expiresAt, daysUntilExpiry }) => <Expiry focusable={false} expiresAt={expiresAt} daysUntilExpiry={daysUntilExpiry} />,
    },
    {
      id: 'week',
      header: 'Last 7 days',
      wide: true,
      cell: ({ id }) => <Sparkline points={usage.get(id)?.points ?? []} span="last 7 days" />,
    },
  ];
}

function KeyName({ item: { id, name, hint } }: { readonly item: KeyView }) {
  return (
    <NameCell below={hint} beside>
      <Link to="/keys/$id" params={{ id }} title={name}>
        <Name>{name}</Name>
      </Link>
    </NameCell>
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
