import { TagsInput, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { createKey } from '../../../contract/calls/keys.js';
import { listProps, textProps } from '../../../contract/field.js';
import type { KeyFormValues } from './key-form-values.js';

/** By which people know a key, and find it. */
export function NoteFields({ form }: { readonly form: UseFormReturnType<KeyFormValues> }) {
  return (
    <>
      <Textarea {...textProps(createKey.description)} autosize minRows={1} maxRows={8} {...form.getInputProps('description')} />
      <TagsInput
        clearable
        splitChars={[',', ' ']}
        {...form.getInputProps('tags')}
        {...listProps(createKey.tags, form.values.tags, form.errors['tags'])}
      />
    </>
  );
}
