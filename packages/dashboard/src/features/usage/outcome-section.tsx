import type { UseQueryResult } from '@tanstack/react-query';
import type { UsageReport } from 'latchkey/client';
import { describeError } from '../../app/api/describe-error.js';
import { everyPoint, rangeOf, type Span } from '../../app/api/usage-range.js';
import { OutcomeChart } from '../../ui/outcome-chart.js';
import { OutcomeFigures } from '../../ui/outcome-figures.js';
import { Section } from '../../ui/page.js';
import { QueryView } from '../../ui/query-view.js';
import { SpanSwitch } from '../../ui/span-switch.js';
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
