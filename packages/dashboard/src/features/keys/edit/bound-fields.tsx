import { TagsInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { OperatorBounds } from 'latchkey/client';
import { createKey } from '../../../contract/calls/keys.js';
import { listProps } from '../../../contract/field.js';
import formClasses from '../../../ui/forms/form.module.css';
import type { KeyFormValues } from './key-form-values.js';

const LISTS = ['environments', 'owners', 'tiers', 'grants'] as const satisfies readonly (keyof OperatorBounds)[];

interface BoundFieldsProps {
  readonly form: UseFormReturnType<KeyFormValues>;
  readonly known: { readonly [Name in keyof OperatorBounds]?: readonly string[] };
}

/** The keys that there are for an operator token: it sees, verifies and changes no others. */
export function BoundFields({ form, known }: BoundFieldsProps) {
  const { bounds } = form.values;
  const change = (name: keyof OperatorBounds, list: readonly string[]): void => {
    const { [name]: _before, ...others } = bounds ?? {};
    const next = list.length === 0 ? others : { ...others, [name]: list };
    form.setFieldValue('bounds', Object.keys(next).length === 0 ? null : next);
  };
  return (
    <fieldset className={formClasses.group}>
      <legend>Bounds of this operator token</legend>
      <div className={formClasses.description}>The token sees, verifies and changes only the keys within all of these.</div>
      {LISTS.map((name) => (
        <TagsInput
          key={name}
          {...listProps(createKey[`bounds.${name}`], bounds?.[name] ?? [], form.errors[`bounds.${name}`])}
          {...(name === 'grants' && bounds?.grants?.length === 0 && { description: 'It may give no scopes.' })}
          data={[...(known[name] ?? [])]}
          splitChars={[',']}
          onChange={(list) => change(name, list)}
        />
      ))}
    </fieldset>
  );
}
