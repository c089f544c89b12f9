import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { textProps, type Field } from '../../contract/field.js';

interface ExactFieldProps {
  readonly field: Field;
  readonly placeholder: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
}

/** A text that is matched whole: told when it is complete, by Enter or by leaving the field. */
export function ExactField({ field, placeholder, value, onCommit }: ExactFieldProps) {
  const [text, setText] = useState(value);
  const commit = (): void => {
    if (text.trim() !== value) onCommit(text.trim());
  };
  return (
    <TextInput
      {...textProps(field)}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
