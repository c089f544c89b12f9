import { useQuery } from '@tanstack/react-query';
import { describeError } from '../../api/errors/describe-error.js';
import { late } from '../../api/errors/late.js';
import type { OutcomePlotProps } from '../../ui/charts/outcome-plot.js';
import { QueryView } from '../../ui/feedback/query-view.js';

/** The chart itself, which comes when one is first shown. Where it does not, the rest of the page stays, and it can be tried again. */
export function Drawing(props: OutcomePlotProps) {
  const query = useQuery({
    queryKey: ['drawing'],
    queryFn: late(async () => import('../../ui/charts/outcome-plot.js')),
    staleTime: 'static',
    gcTime: Infinity,
    retry: false,
  });
  return (
    <QueryView query={query} describe={describeError} lines={8}>
      {({ OutcomePlot: Plot }) => (
        <div aria-hidden="true">
          <Plot {...props} />
        </div>
      )}
    </QueryView>
  );
}
