import { BarChart } from '@mantine/charts';
import './chart-styles.js';
import { formatClock, formatCompact, formatMinute, formatNumber, formatShortDay, formatDay } from '../text/format.js';
import { colorOf, wordOf, type OutcomePoint } from './outcomes.js';

export interface OutcomePlotProps {
  readonly points: readonly OutcomePoint[];
  readonly by: 'hour' | 'day';
  readonly outcomes: readonly string[];
}

export function OutcomePlot({ points, by, outcomes }: OutcomePlotProps) {
  const data = points.map(({ start, counts }) => ({ start, ...Object.fromEntries(outcomes.map((code) => [code, counts[code] ?? 0])) }));
  return (
    <BarChart
      h={240}
      data={data}
      dataKey="start"
      type="stacked"
      withLegend
      legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
      series={outcomes.map((code) => ({ name: code, label: wordOf(code), color: colorOf(code) }))}
      valueFormatter={formatNumber}
      tickLine="none"
      gridAxis="x"
      strokeDasharray="0"
      maxBarWidth={28}
      xAxisProps={{
        tickFormatter: (start: string) => (by === 'hour' ? formatClock(start) : formatShortDay(start)),
        minTickGap: 24,
        interval: 'equidistantPreserveStart',
      }}
      yAxisProps={{ tickFormatter: (value: number) => formatCompact(value), allowDecimals: false, width: 44 }}
      tooltipProps={{
        labelFormatter: (start) => (typeof start !== 'string' ? '' : by === 'hour' ? formatMinute(start) : formatDay(start)),
        isAnimationActive: false,
      }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
      tooltipAnimationDuration={0}
    />
  );
}
