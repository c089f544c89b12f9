import type { UseQueryResult } from '@tanstack/react-query';
import type { UsageReport } from 'latchkey/client';
import { describeError } from '../../api/errors/describe-error.js';
import { everyPoint, rangeOf, type Span } from '../../api/calls/usage-range.js';
import { OutcomeChart } from '../../ui/charts/outcome-chart.js';
import { OutcomeFigures } from '../../ui/charts/outcome-figures.js';
import { Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { SpanSwitch } from '../../ui/forms/span-switch.js';
import { Drawing } from './drawing.js';

interface OutcomeSectionProps {
  readonly title: string;
  /** What the chart is, to whoever does not see it. */
  readonly label: string;
  readonly query: UseQueryResult<UsageReport>;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}

export function OutcomeSection({ title, label, query, span, onSpan }: OutcomeSectionProps) {
  return (
    <Section title={title} actions={<SpanSwitch span={span} onChange={onSpan} />}>
      <QueryView query={query} describe={describeError} lines={6}>
        {(report) => (
          <>
            <OutcomeFigures total={report.total} totals={report.totals} behindMs={report.behindMs} />
            <OutcomeChart points={everyPoint(report)} by={rangeOf(span).by} label={label} drawing={Drawing} />
          </>
        )}
      </QueryView>
    </Section>
  );
}
