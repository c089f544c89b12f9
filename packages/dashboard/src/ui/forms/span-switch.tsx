import { SegmentedControl } from '@mantine/core';

const WORDS = { '24h': '24 hours', '7d': '7 days', '30d': '30 days', '90d': '90 days' } as const;

interface SpanSwitchProps {
  readonly span: keyof typeof WORDS;
  readonly onChange: (span: keyof typeof WORDS) => void;
}

export function SpanSwitch({ span, onChange }: SpanSwitchProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Span"
      value={span}
      onChange={(value) => onChange(value as keyof typeof WORDS)}
      data={Object.entries(WORDS).map(([value, label]) => ({ value, label }))}
    />
  );
}
