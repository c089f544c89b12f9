import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../app/api/describe-error.js';
import { everyPoint, rangeOf, type Span } from '../../app/api/usage-range.js';
import { OutcomeChart } from '../../ui/outcome-chart.js';
import { OutcomeFigures } from '../../ui/outcome-figures.js';
import { Section } from '../../ui/page.js';
import { QueryView } from '../../ui/query-view.js';
import { SpanSwitch } from '../../ui/span-switch.js';
import { ownUsageQuery } from './portal-queries.js';

export function OwnUsage() {
  const [span, setSpan] = useState<Span>('7d');
  const query = useQuery(ownUsageQuery(null, span));
  return (
    <Section title="Usage of all your keys" actions={<SpanSwitch span={span} onChange={setSpan} />}>
      <QueryView query={query} describe={describeError} lines={6}>
        {(report) => (
          <>
            <OutcomeFigures total={report.total} totals={report.totals} />
            <OutcomeChart points={everyPoint(report)} by={rangeOf(span).by} label="Requests by outcome" />
          </>
        )}
      </QueryView>
    </Section>
  );
}
