import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import formClasses from '../../../ui/forms/form.module.css';
import type { KeyFormValues } from './key-form-values.js';

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
          <NumberInput
            label="Credits left"
            min={0}
            allowDecimal={false}
            hideControls
            thousandSeparator
            required
            {...form.getInputProps('credits')}
          />
          <NativeSelect
            label="Refill"
            data={[
              { value: 'none', label: 'Never' },
              { value: 'set', label: 'Back to an amount' },
              { value: 'add', label: 'Add an amount' },
            ]}
            {...form.getInputProps('refill')}
          />
          {refill !== 'none' && (
            <>
              <NumberInput
                label="Amount"
                min={1}
                allowDecimal={false}
                hideControls
                thousandSeparator
                {...form.getInputProps('refillAmount')}
              />
              <TextInput label="Every" description="1d, 12h, or month" {...form.getInputProps('refillEvery')} />
            </>
          )}
        </div>
      )}
    </>
  );
}
