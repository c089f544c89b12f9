import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TierView } from 'latchkey/client';
import { describeError } from '../../api/errors/describe-error.js';
import { tiersQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { Badge } from '../../ui/text/badge.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import { formatNumber } from '../../ui/text/format.js';
import { PlusIcon } from '../../ui/theme/icons.js';
import { LinkButton } from '../../ui/layout/link.js';
import { Page } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { Empty } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import { LimitList } from '../limits/index.js';

export function TiersPage() {
  const query = useQuery(tiersQuery);
  const mayWrite = useMay('tiers:write');
  const create = mayWrite && (
    <LinkButton to="/tiers/new" leftSection={<PlusIcon size={16} />}>
      Create a tier
    </LinkButton>
  );
  return (
    <Page title="Tiers" lead="Sets of limits with a name. A change holds for all keys of the tier at once." actions={create}>
      <QueryView query={query} describe={describeError}>
        {(tiers) =>
          tiers.length === 0 ? (
            <Empty title="There are no tiers yet" action={create}>
              Name a set of limits once, such as “free” or “pro”, and give it to as many keys as you like.
            </Empty>
          ) : (
            <DataTable label="Tiers" columns={COLUMNS} rows={tiers} rowId={({ name }) => name} />
          )
        }
      </QueryView>
    </Page>
  );
}

const COLUMNS: readonly Column<TierView>[] = [
  {
    id: 'name',
    header: 'Tier',
    primary: true,
    cell: ({ name, configured }) => (
      <>
        <Link to="/tiers/$name" params={{ name }}>
          {name}
        </Link>{' '}
        {configured && <Badge tone="calm">configured</Badge>}
      </>
    ),
  },
  { id: 'limits', header: 'Limits', cell: ({ limits }) => <LimitList limits={limits} none="none: unlimited" /> },
  { id: 'keys', header: 'Keys', align: 'end', cell: ({ keys }) => formatNumber(keys) },
  { id: 'updated', header: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} focusable={false} /> },
];
