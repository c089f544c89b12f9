import { TagsInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { OperatorBounds } from 'latchkey/client';
import formClasses from '../../../ui/forms/form.module.css';
import type { KeyFormValues } from './key-form-values.js';

const LISTS = [
  ['environments', 'Environments', 'Environments of the keys. None: all of them.'],
  ['owners', 'Owners', 'Ids of the owners of the keys. None: all of them.'],
  ['tiers', 'Tiers', 'Tiers of the keys, whose limits stay at least as tight. None: all of them.'],
  ['grants', 'Scopes it may give', 'Scopes that the keys may hold, or what covers them. None: any.'],
] as const satisfies readonly (readonly [keyof OperatorBounds, string, string])[];

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
      {LISTS.map(([name, label, description]) => (
        <TagsInput
          key={name}
          label={label}
          description={name === 'grants' && bounds?.grants?.length === 0 ? 'It may give no scopes.' : description}
          data={[...(known[name] ?? [])]}
          splitChars={[',']}
          error={form.errors[`bounds.${name}`] ?? (name === 'environments' ? form.errors['bounds'] : undefined)}
          value={[...(bounds?.[name] ?? [])]}
          onChange={(list) => change(name, list)}
        />
      ))}
    </fieldset>
  );
}
