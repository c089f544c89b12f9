import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { createKey } from '../../../contract/calls/keys.js';
import { choicesOf, labelProps, numberProps, textProps } from '../../../contract/field.js';
import formClasses from '../../../ui/forms/form.module.css';
import type { KeyFormValues } from './key-form-values.js';

const REFILLS = { set: 'Back to an amount', add: 'Add an amount' } as const;

export function CreditFields({ form }: { readonly form: UseFormReturnType<KeyFormValues> }) {
  const { hasCredits, refill } = form.values;
  return (
    <>
      <Switch
        label="A budget of credits"
        description="Each call spends some; with none left it is refused."
        {...form.getInputProps('hasCredits', { type: 'checkbox' })}
      />
      {hasCredits && (
        <div className={formClasses.row}>
          <NumberInput {...numberProps(createKey['credits.remaining'])} thousandSeparator {...form.getInputProps('credits')} />
          <NativeSelect
            {...labelProps(createKey['credits.refill.mode'])}
            data={[
              { value: 'none', label: 'Never' },
              ...choicesOf(createKey['credits.refill.mode']).map(({ value }) => ({ value, label: REFILLS[value] })),
            ]}
            {...form.getInputProps('refill')}
          />
          {refill !== 'none' && (
            <>
              <NumberInput {...numberProps(createKey['credits.refill.amount'])} thousandSeparator {...form.getInputProps('refillAmount')} />
              <TextInput {...textProps(createKey['credits.refill.every'])} {...form.getInputProps('refillEvery')} />
            </>
          )}
        </div>
      )}
    </>
  );
}
