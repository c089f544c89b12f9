import { Button, NativeSelect, TextInput } from '@mantine/core';
import { listEvents } from '../../contract/calls/events.js';
import { labelProps } from '../../contract/field.js';
import { ExactField } from '../../ui/forms/exact-field.js';
import form from '../../ui/forms/form.module.css';
import { wordsOf } from './action-words.js';
import { readLogSearch, type LogSearch } from './search.js';

interface LogFiltersProps {
  readonly search: LogSearch;
  readonly onChange: (search: LogSearch) => void;
}

export function LogFilters({ search, onChange }: LogFiltersProps) {
  const { cursor: _, unknown: _unknown, ...current } = search;
  const set = (name: keyof LogSearch, value: string): void => onChange(readLogSearch({ ...current, [name]: value }));
  return (
    <div className={form.filters} role="search" aria-label="Log">
      <NativeSelect
        {...labelProps(listEvents.action)}
        value={search.action ?? ''}
        data={[{ value: '', label: 'Any' }, ...listEvents.action.choices.map((action) => ({ value: action, label: wordsOf(action).word }))]}
        onChange={(event) => set('action', event.currentTarget.value)}
      />
      <ExactField
        key={`key ${search.key}`}
        field={listEvents.key}
        placeholder="key_…"
        value={search.key ?? ''}
        onCommit={(value) => set('key', value)}
      />
      <ExactField
        key={`owner ${search.owner}`}
        field={listEvents.owner}
        placeholder="Exact id"
        value={search.owner ?? ''}
        onCommit={(value) => set('owner', value)}
      />
      <ExactField
        key={`actor ${search.actor}`}
        field={listEvents.actor}
        placeholder="Exact id"
        value={search.actor ?? ''}
        onCommit={(value) => set('actor', value)}
      />
      <TextInput
        type="date"
        {...labelProps(listEvents.from)}
        value={search.from ?? ''}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        type="date"
        {...labelProps(listEvents.until)}
        value={search.until ?? ''}
        onChange={(event) => set('until', event.currentTarget.value)}
      />
      {Object.keys(current).length > 0 && (
        <Button data-fixed variant="subtle" onClick={() => onChange({})}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
