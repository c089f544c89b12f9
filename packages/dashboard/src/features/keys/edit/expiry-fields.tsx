import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { createKey } from '../../../contract/calls/keys.js';
import { labelProps } from '../../../contract/field.js';
import { ChoiceChips } from '../../../ui/forms/choice-chips.js';
import { DAY_MS, formatExact } from '../../../ui/text/format.js';
import { useNow } from '../../../ui/time/use-now.js';
import type { Expiry, ExpiryChoice } from './expiry.js';

const CHOICES: readonly { readonly value: ExpiryChoice; readonly label: string }[] = [
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '60d', label: '60 days' },
  { value: '90d', label: '90 days' },
  { value: '1y', label: '1 year' },
  { value: 'date', label: 'On a date' },
  { value: 'never', label: 'Never' },
];

const DAYS: Readonly<Partial<Record<ExpiryChoice, number>>> = { '7d': 7, '30d': 30, '60d': 60, '90d': 90, '1y': 365 };

interface ExpiryFieldsProps {
  readonly value: Expiry;
  readonly error: ReactNode;
  readonly onChange: (changed: Partial<Expiry>) => void;
  /** The name by which a form finds the input for the date. */
  readonly dateName?: string;
  /** A key that is there may keep the expiry that it has. */
  readonly mayKeep?: boolean;
  /** The longest lifetime of keys, such as `90d`; null if there is none or if it is not known. */
  readonly longest: string | null;
}

export function ExpiryFields({ value: { expiry, expiryDate }, error, onChange, dateName, mayKeep = false, longest }: ExpiryFieldsProps) {
  const now = useNow();
  const days = DAYS[expiry];
  const describe = (): string => {
    if (days !== undefined) return `From now on; about ${formatExact(now + days * DAY_MS)}.`;
    if (expiry === 'never') return 'Somebody has to remember it: prefer a date, and rotate.';
    return expiry === 'keep' ? 'As it is now.' : 'In your own time zone. From that instant on it is refused.';
  };
  return (
    <div>
      <ChoiceChips
        label={createKey.expiresIn.label}
        description={`${describe()}${longest === null ? '' : ` Keys live at most ${longest}.`}`}
        choices={mayKeep ? [{ value: 'keep', label: 'Unchanged' }, ...CHOICES] : CHOICES}
        value={expiry}
        onChange={(value) => onChange({ expiry: value })}
        error={expiry === 'date' ? undefined : error}
      />
      {expiry === 'date' && (
        <TextInput
          mt="xs"
          type="datetime-local"
          data-path={dateName}
          {...labelProps(createKey.expiresAt)}
          maw={260}
          value={expiryDate}
          error={error}
          onChange={(event) => onChange({ expiryDate: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
