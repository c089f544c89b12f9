import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { hintOf, resemblesToken } from 'latchkey/client';
import { useCallback } from 'react';
import { api } from '../../../api/calls/client.js';
import { settingsQuery, tiersQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { listKeys } from '../../../contract/calls/keys.js';
import { choicesOf } from '../../../contract/field.js';
import { ExactField } from '../../../ui/forms/exact-field.js';
import form from '../../../ui/forms/form.module.css';
import { SearchField } from '../../../ui/forms/search-field.js';
import { ATTENTION, filtersOf, readKeysSearch, type KeysSearch } from '../search.js';

interface KeyFiltersProps {
  readonly search: KeysSearch;
  readonly onChange: (search: KeysSearch) => void;
}

/** Filters write into the address; a changed filter begins at the first page. */
export function KeyFilters({ search, onChange }: KeyFiltersProps) {
  const tiers = useQuery({ ...tiersQuery, enabled: useMay('tiers:read') }).data ?? [];
  const environments = useQuery({ ...settingsQuery, enabled: useMay('settings:read') }).data?.environments ?? [];
  const { cursor: _, unknown: _unknown, ...current } = search;
  const set = (name: keyof KeysSearch, value: string): void => onChange(readKeysSearch({ ...current, [name]: value }));
  const onSearch = useCallback(
    (text: string) => {
      const find = (found: string): void => onChange(readKeysSearch({ ...current, search: found }));
      if (resemblesToken(text)) void idOfToken(text).then(find);
      else find(text);
    },
    [current, onChange],
  );
  return (
    <div className={form.filters} role="search" aria-label="Keys">
      <div data-grow>
        <SearchField field={listKeys.search} value={search.search ?? ''} onSearch={onSearch} />
      </div>
      <Choice
        label={listKeys.status.label}
        value={search.status}
        onChange={(value) => set('status', value)}
        choices={choicesOf(listKeys.status)}
      />
      <Choice
        label={listKeys.environment.label}
        value={search.environment}
        onChange={(value) => set('environment', value)}
        choices={[...new Set([...environments, 'operator', ...(search.environment === undefined ? [] : [search.environment])])].map(
          (each) => ({ value: each, label: each }),
        )}
      />
      <Choice
        label={listKeys.tier.label}
        value={search.tier}
        onChange={(value) => set('tier', value)}
        choices={[...new Set([...tiers.map(({ name }) => name), ...(search.tier === undefined ? [] : [search.tier])])].map((each) => ({
          value: each,
          label: each,
        }))}
      />
      <Choice
        label="Needs attention"
        value={search.attention}
        onChange={(value) => set('attention', value)}
        choices={Object.entries(ATTENTION).map(([value, { label }]) => ({ value, label }))}
      />
      <ExactField
        key={`owner ${search.owner ?? ''}`}
        field={listKeys.owner}
        placeholder="Exact id"
        value={search.owner ?? ''}
        onCommit={(value) => set('owner', value)}
      />
      <ExactField
        key={`tags ${search.tags ?? ''}`}
        field={listKeys.tags}
        placeholder="All of these"
        value={search.tags ?? ''}
        onCommit={(value) => set('tags', value)}
      />
      {Object.keys(filtersOf(search)).length > 0 && (
        <Button data-fixed variant="subtle" onClick={() => onChange(readKeysSearch({ sort: search.sort, order: search.order }))}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

/** The id of the token's key takes its place in the field and in the address; without one, its hint. */
async function idOfToken(token: string): Promise<string> {
  const { data } = await api.keys.list({ search: token, limit: 1 }).catch(() => ({ data: [] }));
  return data[0]?.id ?? hintOf(token);
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      label={label}
      value={value ?? ''}
      data={[{ value: '', label: 'Any' }, ...choices]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
