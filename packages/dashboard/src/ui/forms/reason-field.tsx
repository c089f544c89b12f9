import { Textarea } from '@mantine/core';
import { revokeKey } from '../../contract/calls/keys.js';
import { textProps } from '../../contract/field.js';

interface ReasonFieldProps {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The reason of a change, for the audit log. */
export function ReasonField({ value, error, onChange }: ReasonFieldProps) {
  return (
    <Textarea
      {...textProps(revokeKey.reason)}
      value={value}
      error={error}
      autosize
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
