import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../../../api/calls/queries.js';
import type { Span } from '../../../api/calls/usage-range.js';
import { OutcomeSection } from '../../usage/index.js';

interface KeyUsageSectionProps {
  readonly id: string;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}

export function KeyUsageSection({ id, span, onSpan }: KeyUsageSectionProps) {
  const query = useQuery(usageQuery({ key: id, span }));
  return <OutcomeSection title="Requests by outcome" label="Requests by outcome" query={query} span={span} onSpan={onSpan} />;
}
