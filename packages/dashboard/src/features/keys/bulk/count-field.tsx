import { TextInput } from '@mantine/core';

interface CountFieldProps {
  readonly count: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Asks for the number of keys before a change that cannot be undone. */
export function CountField({ count, value, onChange }: CountFieldProps) {
  return (
    <TextInput
      label={`Type ${count} to confirm`}
      description="The number of keys."
      inputMode="numeric"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Returns true if the text is the number of keys. */
export function isCount(text: string, count: number): boolean {
  return text.trim() === String(count);
}
