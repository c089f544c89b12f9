import { describe, expect, it } from 'vitest';
import { createRequestFigures } from '../../src/telemetry/request-figures.js';

describe('the figures of requests', () => {
  it('are in the text format of Prometheus, each bucket with what is in the smaller ones', () => {
    const figures = createRequestFigures('http_request');
    const request = { method: 'GET', route: '/v1/keys/{id}', status: 200 };
    for (const durationMs of [0, 0.5, 0.6, 5_000, 5_001]) figures.add({ ...request, durationMs });
    figures.add({ ...request, status: 404, durationMs: 30 });
    const labels = 'method="GET",route="/v1/keys/{id}",status="200"';
    const lines = figures.expose().split('\n');
    for (const line of [
      '# TYPE http_requests_total counter',
      `http_requests_total{${labels}} 5`,
      'http_requests_total{method="GET",route="/v1/keys/{id}",status="404"} 1',
      '# TYPE http_request_duration_seconds histogram',
      `http_request_duration_seconds_bucket{le="0.0005",${labels}} 2`,
      `http_request_duration_seconds_bucket{le="0.001",${labels}} 3`,
      `http_request_duration_seconds_bucket{le="2.5",${labels}} 3`,
      `http_request_duration_seconds_bucket{le="5",${labels}} 4`,
      `http_request_duration_seconds_bucket{le="+Inf",${labels}} 5`,
      `http_request_duration_seconds_count{${labels}} 5`,
    ]) {
      expect(lines).toContain(line);
    }
    const sum = lines.find((line) => line.startsWith(`http_request_duration_seconds_sum{${labels}} `));
    expect(Number(sum?.split(' ').at(-1))).toBeCloseTo(10.0021);
    expect(figures.expose().endsWith('\n')).toBe(true);
  });
});
