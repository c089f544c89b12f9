import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ServiceSetting } from 'latchkey/client';
import { useState } from 'react';
import { describeError } from '../../api/errors/describe-error.js';
import { settingsQuery } from '../../api/calls/queries.js';
import { Badge } from '../../ui/text/badge.js';
import { DataTable, type Column } from '../../ui/tables/data-table.js';
import { Facts } from '../../ui/layout/facts.js';
import { Mono } from '../../ui/text/mono.js';
import { Page, Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import classes from './settings.module.css';

export function SettingsPage() {
  const query = useQuery(settingsQuery);
  const [onlySet, setOnlySet] = useState(false);
  return (
    <Page
      title="Settings"
      lead="How the service is set up. It is changed by environment variables, flags or the configuration file, and a restart."
    >
      <QueryView query={query} describe={describeError} lines={10}>
        {(settings) => (
          <>
            <Section title="Service">
              <Facts
                facts={[
                  ['Latchkey', <Mono key="version">{settings.version}</Mono>],
                  ['Node', <Mono key="node">{settings.node}</Mono>],
                  ['Database', settings.database.kind],
                  ['Limits are counted in', settings.limiter.kind],
                  ['Tokens begin with', <Mono key="prefix">{`${settings.prefix}_`}</Mono>],
                  ['Environments', settings.environments.join(', ')],
                  ['Scopes of keys', settings.scopes === null ? 'any' : settings.scopes.join(', ')],
                  ['Configured tiers', settings.configuredTiers.length === 0 ? 'none' : settings.configuredTiers.join(', ')],
                ]}
              />
            </Section>
            <Section
              title="Settings"
              bare
              actions={
                <Switch
                  size="xs"
                  label="Only what differs from the default"
                  checked={onlySet}
                  onChange={(event) => setOnlySet(event.currentTarget.checked)}
                />
              }
            >
              <DataTable
                label="Settings"
                columns={COLUMNS}
                rows={settings.settings.filter((setting) => !onlySet || !setting.isDefault)}
                rowId={({ name }) => name}
              />
            </Section>
          </>
        )}
      </QueryView>
    </Page>
  );
}

/** What stands between backticks, as code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : <Mono key={index}>{part}</Mono>));
}

const COLUMNS: readonly Column<ServiceSetting>[] = [
  {
    id: 'name',
    header: 'Setting',
    primary: true,
    cell: ({ name, description }) => (
      <span className={classes.setting}>
        <Mono>{name}</Mono>
        <span className={classes.description}>{withCode(description)}</span>
      </span>
    ),
  },
  { id: 'value', header: 'Value', cell: (setting) => <Value setting={setting} /> },
  {
    id: 'from',
    header: 'From',
    align: 'end',
    cell: ({ isDefault }) => (isDefault ? <Badge tone="calm">default</Badge> : <Badge tone="accent">set</Badge>),
  },
];

/** Of a secret it is told whether there is one, and nothing more. */
function Value({ setting: { value, secret, set } }: { readonly setting: ServiceSetting }) {
  if (secret) return <span className={classes.soft}>{set ? 'set, and not shown' : 'not set'}</span>;
  return value === null || value === '' ? <span className={classes.soft}>not set</span> : <Mono>{value}</Mono>;
}
