import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Span } from '../../../api/calls/usage-range.js';
import { ownUsageQuery } from './portal-queries.js';
import { OutcomeSection } from '../../usage/index.js';

export function OwnUsage() {
  const [span, setSpan] = useState<Span>('7d');
  const query = useQuery(ownUsageQuery(null, span));
  return <OutcomeSection title="Usage of all your keys" label="Requests by outcome" query={query} span={span} onSpan={setSpan} />;
}
