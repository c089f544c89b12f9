import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { createKey } from '../../contract/calls/keys.js';
import { choicesOf, numberProps, textProps, type Field } from '../../contract/field.js';
import { CrossIcon, PlusIcon } from '../../ui/theme/icons.js';
import { NEW_LIMIT, type LimitDraft } from './limit-draft.js';
import formClasses from '../../ui/forms/form.module.css';
import classes from './limits.module.css';

interface LimitsEditorProps {
  /** The list of limits that is edited: of a key, an owner or a tier. */
  readonly field: Field;
  readonly limits: readonly LimitDraft[];
  readonly onChange: (limits: readonly LimitDraft[]) => void;
  /** By the path of the field in the form: `limits.0.name`. */
  readonly errors: Readonly<Record<string, unknown>>;
}

/** One limit has the same fields wherever it is given. */
const LIMIT = {
  name: createKey['limits.*.name'],
  limit: createKey['limits.*.limit'],
  window: createKey['limits.*.window'],
  algorithm: createKey['limits.*.algorithm'],
  burst: createKey['limits.*.burst'],
};

export function LimitsEditor({ field: { label, help, maxItems = Infinity }, limits, onChange, errors }: LimitsEditorProps) {
  const change = (index: number, patch: Partial<LimitDraft>): void =>
    onChange(limits.map((limit, each) => (each === index ? { ...limit, ...patch } : limit)));
  const textOf = (path: string): string | undefined => (typeof errors[path] === 'string' ? errors[path] : undefined);
  return (
    <fieldset className={formClasses.group}>
      <legend>{label}</legend>
      <div className={formClasses.description}>{help}</div>
      {textOf('limits') !== undefined && <div className={classes.error}>{textOf('limits')}</div>}
      {limits.map((limit, index) => (
        <div key={index} className={classes.row} role="group" aria-label={`Limit ${index + 1}`}>
          <TextInput
            {...textProps(LIMIT.name)}
            withAsterisk={false}
            placeholder="requests"
            value={limit.name}
            error={textOf(`limits.${index}.name`)}
            onChange={(event) => change(index, { name: event.currentTarget.value })}
          />
          <NumberInput
            {...numberProps(LIMIT.limit)}
            withAsterisk={false}
            placeholder="1000"
            thousandSeparator
            value={limit.limit}
            error={textOf(`limits.${index}.limit`)}
            onChange={(value) => change(index, { limit: value })}
          />
          <TextInput
            {...textProps(LIMIT.window)}
            placeholder="1h"
            value={limit.window}
            error={textOf(`limits.${index}.window`)}
            onChange={(event) => change(index, { window: event.currentTarget.value })}
          />
          <NativeSelect
            label={LIMIT.algorithm.label}
            data={choicesOf(LIMIT.algorithm)}
            value={limit.algorithm}
            error={textOf(`limits.${index}.algorithm`)}
            onChange={(event) => change(index, { algorithm: event.currentTarget.value as LimitDraft['algorithm'] })}
          />
          {limit.algorithm === 'token-bucket' && (
            <NumberInput
              {...numberProps(LIMIT.burst)}
              placeholder="as units"
              value={limit.burst}
              error={textOf(`limits.${index}.burst`)}
              onChange={(value) => change(index, { burst: value })}
            />
          )}
          <ActionIcon
            className={classes.remove}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Remove limit ${limit.name || index + 1}`}
            onClick={() => onChange(limits.filter((_, each) => each !== index))}
          >
            <CrossIcon size={16} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<PlusIcon size={14} />}
          disabled={limits.length >= maxItems}
          onClick={() => onChange([...limits, NEW_LIMIT])}
        >
          Add a limit
        </Button>
      </div>
    </fieldset>
  );
}
