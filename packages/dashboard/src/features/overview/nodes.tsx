import { useQuery } from '@tanstack/react-query';
import type { Overview } from 'latchkey/client';
import { settingsQuery } from '../../app/api/queries.js';
import { useMay } from '../../app/api/session.js';
import { Facts } from '../../ui/facts.js';
import { Mono } from '../../ui/mono.js';
import { Section } from '../../ui/page.js';
import { Time } from '../../ui/time.js';

/** What answers here. */
export function Nodes({ overview }: { readonly overview: Overview }) {
  const maySettings = useMay('settings:read');
  const settings = useQuery({ ...settingsQuery, enabled: maySettings }).data;
  return (
    <Section title="Service">
      <Facts
        facts={[
          settings === undefined ? null : ['Version', <Mono key="version">{settings.version}</Mono>],
          settings === undefined
            ? null
            : ['Database', settings.database.kind === 'sqlite' ? 'SQLite: this one node' : settings.database.kind],
          settings === undefined ? null : ['Limits are counted in', settings.limiter.kind],
          ['Figures of', <Time key="as-of" at={overview.asOf} />],
        ]}
      />
    </Section>
  );
}
