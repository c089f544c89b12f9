import { Textarea } from '@mantine/core';

const REASON_MAX_LENGTH = 500;

/** Why something is changed, in as many characters as the log takes. */
export function ReasonField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <Textarea
      label="Reason"
      description="Kept in the log."
      value={value}
      maxLength={REASON_MAX_LENGTH}
      autosize
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
