import { describe, expect, it } from 'vitest';
import { openService } from '../http/service.js';

describe('the figures', () => {
  it('count requests by route and status, and verifications by outcome', async () => {
    const service = await openService();
    const { id, token } = await service.issue();
    await service.admin('POST', '/v1/keys/verify', { token });
    await service.admin('POST', '/v1/keys/verify', { token });
    await service.admin('POST', '/v1/keys/verify', { token: 'nonsense' });
    await service.admin('GET', `/v1/keys/${id}`);
    await service.call('GET', `/v1/keys/${id}`);
    await service.call('GET', `/somewhere/${token}`);
    const { text, headers } = await service.call('GET', '/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'latchkey_http_requests_total{method="POST",route="/v1/keys/verify",status="200"} 3',
      'latchkey_http_requests_total{method="GET",route="/v1/keys/{id}",status="200"} 1',
      'latchkey_http_requests_total{method="GET",route="/v1/keys/{id}",status="401"} 1',
      'latchkey_http_requests_total{method="GET",route="unmatched",status="404"} 1',
      'latchkey_http_request_duration_seconds_count{method="POST",route="/v1/keys/verify",status="200"} 3',
      'latchkey_verifications_total{code="valid"} 2',
      'latchkey_verifications_total{code="malformed"} 1',
      'latchkey_verifications_total{code="expired"} 0',
      'latchkey_cache_hits_total 1',
      'latchkey_cache_keys 1',
      'latchkey_changes_total 1',
      'latchkey_store_failures_total 0',
      'latchkey_limiter_degraded_total 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain(token);
    expect(text).not.toContain(id);
    await service.close();
  });

  it('do not add up when they are read twice', async () => {
    const service = await openService();
    await service.admin('POST', '/v1/keys/verify', { token: 'nonsense' });
    await service.call('GET', '/metrics');
    expect((await service.call('GET', '/metrics')).text).toContain('latchkey_verifications_total{code="malformed"} 1');
    await service.close();
  });

  it('have no more methods than there are', async () => {
    const service = await openService();
    for (const method of ['PROPFIND', 'BREW', 'PURGE']) await service.app.fetch(new Request('http://service/v1/forward-auth', { method }));
    expect((await service.call('GET', '/metrics')).text).toContain('{method="other",route="/v1/forward-auth",status="401"} 3');
    await service.close();
  });
});
