import type { EngineStats } from 'latchkey';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { createRequestFigures, type AnsweredRequest } from './request-figures.js';

export interface Metrics {
  observe(request: AnsweredRequest): void;
  /** Counts a request whose client went away before it was read. */
  countAbandoned(): void;
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
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  registerEngine(registry, engine);
  const requests = createRequestFigures('latchkey_http_request');
  const abandoned = new Counter({
    name: 'latchkey_http_requests_abandoned_total',
    help: 'Requests whose client went away before they were read.',
    registers: [registry],
  });
  return {
    observe: (request) => requests.add(request),
    countAbandoned: () => abandoned.inc(),
    async expose() {
      return { text: `${await registry.metrics()}\n${requests.expose()}`, contentType: registry.contentType };
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
  counter(
    'latchkey_limiter_degraded_total',
    'Verifications that a failure policy answered, because limits could not be counted.',
    ({ limiterFailures }) => limiterFailures,
  );
  gauge('latchkey_usage_pending', 'Usage figures that are not written yet.', ({ pendingUsage }) => pendingUsage);
}
