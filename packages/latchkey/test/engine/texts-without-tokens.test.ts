import { expect, it } from 'vitest';
import { openHarness } from './harness.js';

it('no text that people write about a key or owner takes a token into the log, and the refusal does not repeat it', async () => {
  const { latchkey, issue } = await openHarness();
  const { id, token } = await issue();
  const text = `leaked in chat: ${token}, sorry`;
  const attempts: (() => Promise<unknown>)[] = [
    () => latchkey.keys.disable(id, { reason: text }),
    () => latchkey.keys.revoke(id, { reason: text }),
    () => latchkey.keys.update(id, { name: text }),
    () => latchkey.keys.update(id, { metadata: { note: [{ said: text }] } }),
    () => latchkey.keys.update(id, { description: `first line\n${text}` }),
    () => latchkey.keys.update(id, { tags: [token] }),
    () => latchkey.keys.update(id, { metadata: { [token]: 1 } }),
    () => latchkey.keys.create({ name: text, owner: 'ada' }),
    () => latchkey.keys.create({ name: 'a key', owner: token }),
    () => latchkey.owners.suspend('ada', { reason: text }),
    () => latchkey.owners.update('ada', { name: text }),
    () => latchkey.owners.update('ada', { metadata: { text } }),
  ];
  for (const attempt of attempts) {
    const error: unknown = await attempt().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_input', issues: [{ message: 'Leave the token out: its hint is enough.' }] });
    expect(JSON.stringify(error)).not.toContain(token);
  }
  const { data } = await latchkey.events.list({});
  expect(data).toHaveLength(1);
  expect(JSON.stringify(data)).not.toContain(token);
  await latchkey.close();
});

it('a user agent that carries a token is not recorded as last use, wherever it is cut, and an address is refused without it', async () => {
  const { latchkey, issue, storage, clock } = await openHarness();
  const { id, token } = await issue();
  const lastUse = async (request: { ip?: string; userAgent?: string }) => {
    expect((await latchkey.verify(token, request)).valid).toBe(true);
    await clock.advance(1_000);
    return (await storage.keys.readKey(id))?.lastUse;
  };
  expect(await lastUse({ ip: '192.0.2.1', userAgent: 'curl/8.5.0' })).toMatchObject({ address: '192.0.2.1', userAgent: 'curl/8.5.0' });
  for (const before of ['client ', `${'x'.repeat(250)} `, `${'x'.repeat(200)} `])
    expect(await lastUse({ userAgent: `${before}${token}` })).toMatchObject({ userAgent: null });
  await expect(latchkey.verify(token, { ip: token })).rejects.not.toThrow(token);
  expect(await lastUse({})).toMatchObject({ address: null });
  await latchkey.close();
});
