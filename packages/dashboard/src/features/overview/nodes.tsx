import { useQuery } from '@tanstack/react-query';
import type { ClusterNode, ClusterView, Overview } from 'latchkey/client';
import { settingsQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { Badge } from '../../ui/text/badge.js';
import { Facts } from '../../ui/layout/facts.js';
import { formatCount } from '../../ui/text/format.js';
import { Mono } from '../../ui/text/mono.js';
import { Section } from '../../ui/layout/page.js';
import { Time } from '../../ui/time/time.js';
import { useNow } from '../../ui/time/use-now.js';
import classes from './overview.module.css';

/** What answers here, and what else shares its database. */
export function Nodes({ overview: { asOf, cluster } }: { readonly overview: Overview }) {
  const maySettings = useMay('settings:read');
  const settings = useQuery({ ...settingsQuery, enabled: maySettings }).data;
  return (
    <Section title="Service">
      <Facts
        facts={[
          settings === undefined ? null : ['Version', <Mono key="version">{settings.version}</Mono>],
          settings === undefined ? null : ['Database', DATABASES[settings.database.kind] ?? settings.database.kind],
          settings === undefined ? null : ['Limits are counted in', COUNTERS[settings.limiter.kind] ?? settings.limiter.kind],
          cluster === null ? null : ['Answers', MODES[cluster.mode]],
          ['Figures of', <Time key="as-of" at={asOf} />],
        ]}
      />
      {cluster !== null && cluster.nodes.length > 0 && <NodeList cluster={cluster} />}
    </Section>
  );
}

const DATABASES: Readonly<Record<string, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
const COUNTERS: Readonly<Record<string, string>> = {
  memory: 'memory, by each node',
  postgres: 'PostgreSQL, by all nodes',
  redis: 'Redis, by all nodes',
};

const MODES: Readonly<Record<ClusterView['mode'], string>> = {
  alone: 'from memory; no other process can share this database',
  lease: 'from memory, under a lease',
  strict: 'never from memory',
};

function NodeList({ cluster: { nodes, leaseMs } }: { readonly cluster: ClusterView }) {
  return (
    <>
      <h3 className={classes.heading}>{formatCount(nodes.length, 'node')}</h3>
      <ul className={classes.rows} aria-label="Nodes">
        {nodes.map((node) => (
          <li key={node.id} className={classes.node}>
            <span className={classes.nodeName}>
              <Mono>{node.label}</Mono>
              <Standing node={node} leaseMs={leaseMs} />
            </span>
            <span className={classes.soft}>
              {node.self ? 'Answers this page. ' : ''}Version {node.version}, since <Time at={node.startedAt} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether a node has applied every change. One that has not been heard of for longer than a lease answers nothing from memory. */
function Standing({ node: { behind, renewedAt, self }, leaseMs }: { readonly node: ClusterNode; readonly leaseMs: number | null }) {
  const now = useNow();
  if (!self && leaseMs !== null && now - Date.parse(renewedAt) > SILENT_LEASES * leaseMs) {
    return <Badge tone="bad">not heard of</Badge>;
  }
  return behind === 0 ? <Badge tone="good">up to date</Badge> : <Badge tone="warn">{formatCount(behind, 'change')} behind</Badge>;
}

/** Clocks differ, and a page shows what was so some seconds ago. */
const SILENT_LEASES = 3;
