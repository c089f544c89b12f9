import type { EngineStats } from 'latchkey';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What was answered, for the figures by route. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the route, never the path: that one holds ids, and has no end of values. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface Metrics {
  observe(request: AnsweredRequest): void;
  /** The Prometheus text format, and its media type. */
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface MetricsOptions {
  /** Figures of the process (memory, CPU, event loop); by default they are there. */
  readonly process?: boolean | undefined;
}

/** Figures of an engine and its service, in a registry of their own. */
export function createMetrics(engine: { stats(): EngineStats }, options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  registerEngine(registry, engine);
  const requests = new Counter({
    name: 'latchkey_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  return {
    observe({ method, route, status, durationMs }) {
      requests.inc({ method, route, status });
      durations.observe({ method, route, status }, durationMs / 1000);
    },
    async expose() {
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** The engine counts by itself, since its start; its figures are read when asked for. */
function registerEngine(registry: Registry, { stats }: { stats(): EngineStats }): void {
  const registers = [registry];
  const counter = (name: string, help: string, read: (stats: EngineStats) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(stats()));
      },
    });
  const gauge = (name: string, help: string, read: (stats: EngineStats) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(stats()));
      },
    });
  // Registered by being made; prom-client keeps them.
  void new Counter({
    name: 'latchkey_verifications_total',
    help: 'Verifications by outcome.',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of Object.entries(stats().verifications)) this.inc({ code }, count);
    },
  });
  counter('latchkey_cache_hits_total', 'Verifications answered from memory.', ({ cache }) => cache.hits);
  counter('latchkey_cache_misses_total', 'Verifications that had to ask the store.', ({ cache }) => cache.misses);
  gauge('latchkey_cache_keys', 'Keys in memory.', ({ cache }) => cache.keys);
  gauge('latchkey_cache_unknown_tokens', 'Unknown tokens remembered for a while.', ({ cache }) => cache.unknown);
  counter('latchkey_changes_total', 'Changes made.', ({ changes }) => changes);
  counter('latchkey_store_failures_total', 'Calls that the store did not answer.', ({ storeFailures }) => storeFailures);
  gauge('latchkey_usage_pending', 'Usage figures that are not written yet.', ({ pendingUsage }) => pendingUsage);
}
