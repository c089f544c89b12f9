import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { CrossIcon, PlusIcon } from '../../ui/theme/icons.js';
import { NEW_LIMIT, type LimitDraft } from './limit-draft.js';
import formClasses from '../../ui/forms/form.module.css';
import classes from './limits.module.css';

interface LimitsEditorProps {
  readonly label: string;
  readonly description: string;
  readonly limits: readonly LimitDraft[];
  readonly onChange: (limits: readonly LimitDraft[]) => void;
  /** By the path of the field in the form: `limits.0.name`. */
  readonly errors: Readonly<Record<string, unknown>>;
}

const LIMITS_MAX = 10;

const ALGORITHMS = [
  { value: 'fixed-window', label: 'Fixed window' },
  { value: 'sliding-window', label: 'Sliding window' },
  { value: 'token-bucket', label: 'Token bucket' },
];

export function LimitsEditor({ label, description, limits, onChange, errors }: LimitsEditorProps) {
  const change = (index: number, patch: Partial<LimitDraft>): void =>
    onChange(limits.map((limit, each) => (each === index ? { ...limit, ...patch } : limit)));
  const textOf = (path: string): string | undefined => (typeof errors[path] === 'string' ? errors[path] : undefined);
  return (
    <fieldset className={formClasses.group}>
      <legend>{label}</legend>
      <div className={formClasses.description}>{description}</div>
      {textOf('limits') !== undefined && <div className={classes.error}>{textOf('limits')}</div>}
      {limits.map((limit, index) => (
        <div key={index} className={classes.row} role="group" aria-label={`Limit ${index + 1}`}>
          <TextInput
            label="Name"
            placeholder="requests"
            value={limit.name}
            error={textOf(`limits.${index}.name`)}
            onChange={(event) => change(index, { name: event.currentTarget.value })}
          />
          <NumberInput
            label="Units"
            placeholder="1000"
            min={1}
            allowDecimal={false}
            hideControls
            thousandSeparator
            value={limit.limit}
            error={textOf(`limits.${index}.limit`)}
            onChange={(value) => change(index, { limit: value })}
          />
          <TextInput
            label="Per"
            placeholder="1h"
            value={limit.window}
            error={textOf(`limits.${index}.window`)}
            onChange={(event) => change(index, { window: event.currentTarget.value })}
          />
          <NativeSelect
            label="Counted by"
            data={ALGORITHMS}
            value={limit.algorithm}
            error={textOf(`limits.${index}.algorithm`)}
            onChange={(event) => change(index, { algorithm: event.currentTarget.value as LimitDraft['algorithm'] })}
          />
          {limit.algorithm === 'token-bucket' && (
            <NumberInput
              label="At once"
              placeholder="as units"
              min={1}
              allowDecimal={false}
              hideControls
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
          disabled={limits.length >= LIMITS_MAX}
          onClick={() => onChange([...limits, NEW_LIMIT])}
        >
          Add a limit
        </Button>
      </div>
    </fieldset>
  );
}
