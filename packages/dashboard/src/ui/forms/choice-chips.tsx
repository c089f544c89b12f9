/**
 * A choice among a few.
 *
 * ui/forms/ owns the fields that several forms share.
 */
import { Input } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './choice-chips.module.css';

interface ChoiceChipsProps<Value extends string> {
  readonly label: string;
  readonly description?: ReactNode;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly error?: ReactNode;
  readonly onChange: (value: Value) => void;
}

/** One of a few, all of them in sight: radio buttons that look like chips. */
export function ChoiceChips<Value extends string>({ label, description, choices, value, error, onChange }: ChoiceChipsProps<Value>) {
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      {description !== undefined && <div className={classes.description}>{description}</div>}
      <div className={classes.chips}>
        {choices.map((choice) => (
          <label key={choice.value} className={classes.chip}>
            <input type="radio" name={name} checked={choice.value === value} onChange={() => onChange(choice.value)} />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
    </fieldset>
  );
}
