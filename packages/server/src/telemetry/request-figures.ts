/**
 * Requests and how long they took, by method, route and status: plain numbers that cost next to nothing to add to,
 * written in the text format of Prometheus when they are asked for.
 */

/** What was answered, for the figures by route. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the route, never the path: that one holds ids, and has no end of values. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface RequestFigures {
  add(request: AnsweredRequest): void;
  /** The text format of Prometheus, ending with a line's end. */
  expose(): string;
}

/** Upper bounds of the duration's buckets, in milliseconds. */
const BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000] as const;

interface Series {
  readonly labels: string;
  count: number;
  sumMs: number;
  /** By the first bound that a duration is within; one more for those beyond the last. */
  readonly buckets: number[];
}

/** `name` is what the figures' names begin with. */
export function createRequestFigures(name: string): RequestFigures {
  const byRoute = new Map<string, Map<string, Map<number, Series>>>();
  const all: Series[] = [];

  function seriesOf({ method, route, status }: AnsweredRequest): Series {
    const known = byRoute.get(route)?.get(method)?.get(status);
    if (known !== undefined) return known;
    const byMethod = within(byRoute, route);
    const byStatus = within(byMethod, method);
    const labels = `method="${method}",route="${route}",status="${status}"`;
    const series: Series = { labels, count: 0, sumMs: 0, buckets: Array.from({ length: BUCKETS_MS.length + 1 }, () => 0) };
    byStatus.set(status, series);
    all.push(series);
    return series;
  }

  return {
    add(request) {
      const series = seriesOf(request);
      const bucket = bucketOf(request.durationMs);
      series.count++;
      series.sumMs += request.durationMs;
      series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    },
    expose() {
      const durations = `${name}_duration_seconds`;
      return [
        `# HELP ${name}s_total Requests answered.`,
        `# TYPE ${name}s_total counter`,
        ...all.map(({ labels, count }) => `${name}s_total{${labels}} ${count}`),
        '',
        `# HELP ${durations} Time from the arrival of a request to its answer.`,
        `# TYPE ${durations} histogram`,
        ...all.flatMap((series) => histogramLines(durations, series)),
        '',
      ].join('\n');
    },
  };
}

function within<Key, Inner, Value>(outer: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const known = outer.get(key) ?? new Map<Inner, Value>();
  outer.set(key, known);
  return known;
}

function bucketOf(durationMs: number): number {
  let bucket = 0;
  while (bucket < BUCKETS_MS.length && durationMs > (BUCKETS_MS[bucket] ?? 0)) bucket++;
  return bucket;
}

/** A bucket of the format counts all that is within its bound: what is in the smaller ones as well. */
function histogramLines(name: string, { labels, count, sumMs, buckets }: Series): readonly string[] {
  let counted = 0;
  const lines = BUCKETS_MS.map((bound, index) => `${name}_bucket{le="${bound / 1000}",${labels}} ${(counted += buckets[index] ?? 0)}`);
  return [
    ...lines,
    `${name}_bucket{le="+Inf",${labels}} ${count}`,
    `${name}_sum{${labels}} ${sumMs / 1000}`,
    `${name}_count{${labels}} ${count}`,
  ];
}
