import { useQuery } from '@tanstack/react-query';
import type { UsageRequest } from 'latchkey/client';
import { useState } from 'react';
import { usageQuery } from '../../api/calls/queries.js';
import type { Span } from '../../api/calls/usage-range.js';
import { OutcomeSection } from './outcome-section.js';

interface UsageSectionProps {
  /** Nothing: of all keys. */
  readonly of: Pick<UsageRequest, 'owner' | 'tier'>;
  readonly title?: string;
}

/** Shows requests by outcome, over a span that is chosen here: the last 24 hours at first. */
export function UsageSection({ of, title = 'Requests by outcome' }: UsageSectionProps) {
  const [span, setSpan] = useState<Span>('24h');
  const query = useQuery(usageQuery({ ...of, span }));
  return <OutcomeSection title={title} label={title} query={query} span={span} onSpan={setSpan} />;
}
