import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../cli/command.js';
import { createAsk, parallel } from './ask.js';
import { fileDatabase } from './crash-database.js';
import { checkDatabase, openLoad, runUntilEnded, serveOn } from './crash-often.js';

const later = (end: () => Promise<unknown>): void => onTestFinished(async () => void (await end()));

it('stop under load: the service finishes what is under way and loses nothing, figures included', async () => {
  const { load, service } = await openLoad(1, fileDatabase(), later);
  const stop = async (): Promise<void> => {
    const { code, stdout } = await service.stop();
    expect([code, stdout.includes('"msg":"stopped"')]).toEqual([0, true]);
  };
  await runUntilEnded(load, service.url, { after: 150, end: stop });
  const again = await serveOn(load.database, later);
  const ask = createAsk(again.url);
  // The service did not begin a call that it did not answer.
  for (const writer of load.writers) await writer.expectLostUndone(ask);
  await Promise.all(load.writers.map(async (writer) => writer.check(ask)));
  await load.spender.checkExactly(ask);
  load.spender.checkReadings();
  await again.stop();
  await checkDatabase(load);
});

it('stop: the service still reads and answers a request that it has begun to read', async () => {
  const { load, service } = await openLoad(2, fileDatabase(), later);
  const { hostname, port } = new URL(service.url);
  const body = '{"name":"slow","owner":"slow"}';
  const sockets = await parallel(3, async () => {
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/keys HTTP/1.1\r\nHost: x\r\nX-Admin-Key: ${ADMIN_KEY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    // "100 Continue" says that it is under way.
    await once(socket, 'data');
    return socket;
  });
  let said = '';
  service.child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  service.child.kill('SIGTERM');
  await expect.poll(() => said).toContain('"msg":"stopping"');
  const answers = await Promise.all(
    sockets.map(async (socket) => {
      socket.write(body);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      return answer;
    }),
  );
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  expect((await service.ended).code).toBe(0);
  const again = await serveOn(load.database, later);
  expect((await createAsk(again.url)('/v1/keys?owner=slow')).json['data']).toHaveLength(3);
});
