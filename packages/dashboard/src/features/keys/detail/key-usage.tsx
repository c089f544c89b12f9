import { useQuery } from '@tanstack/react-query';
import { describeError } from '../../../app/api/describe-error.js';
import { usageQuery } from '../../../app/api/queries.js';
import { everyPoint, rangeOf, type Span } from '../../../app/api/usage-range.js';
import { OutcomeChart } from '../../../ui/outcome-chart.js';
import { OutcomeFigures } from '../../../ui/outcome-figures.js';
import { Section } from '../../../ui/page.js';
import { QueryView } from '../../../ui/query-view.js';
import { SpanSwitch } from '../../../ui/span-switch.js';

interface KeyUsageSectionProps {
  readonly id: string;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}

export function KeyUsageSection({ id, span, onSpan }: KeyUsageSectionProps) {
  const query = useQuery(usageQuery({ key: id, span }));
  return (
    <Section title="Requests by outcome" actions={<SpanSwitch span={span} onChange={onSpan} />}>
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
