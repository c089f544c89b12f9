import { TextInput } from '@mantine/core';
import { useState } from 'react';

interface ExactFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
}

/** A text that is matched whole: told when it is complete, by Enter or by leaving the field. */
export function ExactField({ label, placeholder, value, onCommit }: ExactFieldProps) {
  const [text, setText] = useState(value);
  const commit = (): void => {
    if (text.trim() !== value) onCommit(text.trim());
  };
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={text}
      maxLength={128}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
