import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KeyView } from 'latchkey/client';
import { describeError } from '../../api/errors/describe-error.js';
import { keysQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import { EnvironmentBadge, Expiry, StatusBadge } from '../../ui/keys/key-words.js';
import { LinkButton } from '../../ui/layout/link.js';
import { NameCell } from '../../ui/tables/name-cell.js';
import { Name } from '../../ui/text/name.js';
import { Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { Empty } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';

/** The newest keys of an owner; the list of keys has all of them. */
export function OwnerKeys({ id }: { readonly id: string }) {
  const query = useQuery(keysQuery({ owner: id, limit: 10 }));
  const mayCreate = useMay('keys:write');
  return (
    <Section
      title="Keys"
      bare
      actions={
        <span>
          {mayCreate && (
            <LinkButton to="/keys/new" search={{ owner: id }} variant="subtle" size="compact-sm">
              Create one
            </LinkButton>
          )}
          <LinkButton to="/keys" search={{ owner: id }} variant="subtle" size="compact-sm">
            All of them
          </LinkButton>
        </span>
      }
    >
      <QueryView query={query} describe={describeError}>
        {(page) =>
          page.data.length === 0 ? (
            <Empty title="This owner has no keys">Create one here, or let the owner do so in the portal.</Empty>
          ) : (
            <DataTable label="Keys of this owner" columns={COLUMNS} rows={page.data} rowId={(key) => key.id} />
          )
        }
      </QueryView>
    </Section>
  );
}

const COLUMNS: readonly Column<KeyView>[] = [
  {
    id: 'name',
    header: 'Key',
    primary: true,
    cell: ({ id, name, hint }) => (
      <NameCell below={hint} wide>
        <Link to="/keys/$id" params={{ id }}>
          <Name>{name}</Name>
        </Link>
      </NameCell>
    ),
  },
  { id: 'environment', header: 'Environment', cell: ({ environment }) => <EnvironmentBadge environment={environment} /> },
  { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'used', header: 'Last use', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} focusable={false} /> },
  {
    id: 'expires',
    header: 'Expires',
    cell: ({ expiresAt, daysUntilExpiry }) => <Expiry focusable={false} expiresAt={expiresAt} daysUntilExpiry={daysUntilExpiry} />,
  },
];
