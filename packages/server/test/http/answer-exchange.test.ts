import { expect, it } from 'vitest';
import { createAnswerer } from '../../src/http/exchange/answer-exchange.js';
import { UnreadBody } from '../../src/http/exchange/read-body.js';
import type { Exchange } from '../../src/http/exchange/exchange.js';
import { silentLog } from '../../src/telemetry/logger.js';

it('an answer after its client has gone: a body that did not arrive is abandoned; any other failure is logged and counted', async () => {
  const [errors, statuses]: [unknown[], number[]] = [[], []];
  let abandoned = 0;
  const answer = createAnswerer({
    clock: { monotonicMs: () => 0 },
    log: { ...silentLog, error: (line: object) => void errors.push(line) },
    metrics: {
      observe: ({ status }) => void statuses.push(status),
      countAbandoned: () => void (abandoned += 1),
      expose: async () => ({ text: '', contentType: '' }),
    },
  });
  const exchange = {
    method: 'POST',
    requestId: 'r',
    fieldCount: 0,
    headerValues: () => [],
    isAbandoned: () => true,
  } as unknown as Exchange;
  await answer(exchange, '/v1/keys', async () => Promise.reject(new UnreadBody(new Error('aborted'))));
  expect([abandoned, statuses, errors]).toEqual([1, [], []]);
  await answer(exchange, '/v1/keys', async () => Promise.reject(new Error('the store is gone')));
  expect([abandoned, statuses, errors]).toMatchObject([1, [500], [{ route: '/v1/keys' }]]);
});
