import { TagsInput, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { KeyFormValues } from './key-form-values.js';

/** By which people know a key, and find it. */
export function NoteFields({ form }: { readonly form: UseFormReturnType<KeyFormValues> }) {
  return (
    <>
      <Textarea
        label="Description"
        description="More about it, for the next person who looks at it."
        autosize
        minRows={1}
        maxRows={8}
        maxLength={500}
        {...form.getInputProps('description')}
      />
      <TagsInput
        label="Tags"
        description="To find it by, such as team:payments. Enter adds one."
        clearable
        splitChars={[',', ' ']}
        {...form.getInputProps('tags')}
        value={[...form.values.tags]}
      />
    </>
  );
}
