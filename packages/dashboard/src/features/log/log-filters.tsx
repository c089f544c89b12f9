import { Button, NativeSelect, TextInput } from '@mantine/core';
import { ExactField } from '../../ui/forms/exact-field.js';
import form from '../../ui/forms/form.module.css';
import { ACTIONS, wordsOf } from './action-words.js';
import { readLogSearch, type LogSearch } from './search.js';

interface LogFiltersProps {
  readonly search: LogSearch;
  readonly onChange: (search: LogSearch) => void;
}

export function LogFilters({ search, onChange }: LogFiltersProps) {
  const { cursor: _, ...current } = search;
  const set = (name: keyof LogSearch, value: string): void => onChange(readLogSearch({ ...current, [name]: value }));
  return (
    <div className={form.filters} role="search" aria-label="Log">
      <NativeSelect
        label="What"
        value={search.action ?? ''}
        data={[{ value: '', label: 'Any' }, ...ACTIONS.map((action) => ({ value: action, label: wordsOf(action).word }))]}
        onChange={(event) => set('action', event.currentTarget.value)}
      />
      <ExactField
        key={`key ${search.key}`}
        label="Key"
        placeholder="key_…"
        value={search.key ?? ''}
        onCommit={(value) => set('key', value)}
      />
      <ExactField
        key={`owner ${search.owner}`}
        label="Owner"
        placeholder="Exact id"
        value={search.owner ?? ''}
        onCommit={(value) => set('owner', value)}
      />
      <ExactField
        key={`actor ${search.actor}`}
        label="By"
        placeholder="Exact id"
        value={search.actor ?? ''}
        onCommit={(value) => set('actor', value)}
      />
      <TextInput type="date" label="From" value={search.from ?? ''} onChange={(event) => set('from', event.currentTarget.value)} />
      <TextInput type="date" label="Until" value={search.until ?? ''} onChange={(event) => set('until', event.currentTarget.value)} />
      {Object.keys(current).length > 0 && (
        <Button data-fixed variant="subtle" onClick={() => onChange({})}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
