import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { describeError } from '../../api/errors/describe-error.js';
import { busiestQuery, overviewQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import { formatNumber, formatShare } from '../../ui/text/format.js';
import { EnvironmentBadge } from '../../ui/keys/key-words.js';
import { LinkButton } from '../../ui/layout/link.js';
import { Mono } from '../../ui/text/mono.js';
import { Name } from '../../ui/text/name.js';
import { Page, Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { Empty } from '../../ui/feedback/states.js';
import type { BusyKey } from 'latchkey/client';
import { UsageSection } from '../usage/index.js';
import { Attention } from './attention.js';
import { Nodes } from './nodes.js';
import { Refusals } from './refusals.js';
import { Tiles } from './tiles.js';
import classes from './overview.module.css';

export function OverviewPage() {
  const query = useQuery(overviewQuery);
  const mayUsage = useMay('usage:read');
  return (
    <Page title="Overview">
      <QueryView query={query} describe={describeError} lines={8}>
        {(overview) =>
          overview.keys.total === 0 ? (
            <FirstSteps />
          ) : (
            <>
              <Tiles overview={overview} />
              {mayUsage && <UsageSection title="Verifications" of={{}} />}
              <div className={classes.columns}>
                {mayUsage && <Busiest />}
                <div className={classes.stack}>
                  <Attention overview={overview} />
                  {overview.verifications24h !== null && <Refusals byCode={overview.verifications24h.byCode} />}
                  <Nodes overview={overview} />
                </div>
              </div>
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

function FirstSteps() {
  const mayCreate = useMay('keys:write');
  return (
    <Empty title="Welcome to Latchkey" action={mayCreate && <LinkButton to="/keys/new">Create the first key</LinkButton>}>
      Nothing has been issued yet. Name a set of limits under Tiers if you want some, then create a key for whoever calls your API. What
      they do with it appears here.
    </Empty>
  );
}

function Busiest() {
  const query = useQuery(busiestQuery('24h'));
  return (
    <Section title="Busiest keys, last 24 hours" bare>
      <QueryView query={query} describe={describeError}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No key was used in the last 24 hours">Send a request with a key’s token to your API, and it appears here.</Empty>
          ) : (
            <DataTable label="Busiest keys" columns={BUSIEST_COLUMNS} rows={data} rowId={({ key }) => key.id} />
          )
        }
      </QueryView>
    </Section>
  );
}

const BUSIEST_COLUMNS: readonly Column<BusyKey>[] = [
  {
    id: 'key',
    header: 'Key',
    primary: true,
    cell: ({ key }) => (
      <span className={classes.name}>
        <Link to="/keys/$id" params={{ id: key.id }} title={key.name}>
          <Name>{key.name}</Name>
        </Link>
        <Mono soft>{key.hint}</Mono>
      </span>
    ),
  },
  { id: 'environment', header: 'Environment', wide: true, cell: ({ key }) => <EnvironmentBadge environment={key.environment} /> },
  { id: 'total', header: 'Requests', align: 'end', cell: ({ total }) => formatNumber(total) },
  { id: 'refused', header: 'Refused', align: 'end', cell: ({ refused, total }) => formatShare(refused, total) },
];
