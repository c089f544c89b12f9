import { createClient, UnavailableError } from 'latchkey/client';
import { describe, expect, it } from 'vitest';
import { answering, rejection } from './answering.js';

describe('a check of the whole log', () => {
  it('is waited for longer than the client waits for anything else, unless its caller gives up', async () => {
    const report = { intact: true, entries: 0, head: null, broken: null };
    let answer = (): void => undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    const { url } = await answering((_request, response) => void late.then(() => response.end(JSON.stringify(report))));
    const client = createClient({ url, timeoutMs: 50, credentials: 'omit' });
    const giving = new AbortController();
    const check = client.events.verify();
    const cancelled = rejection(client.events.verify(undefined, { signal: giving.signal }));
    expect(await rejection(client.events.head())).toBeInstanceOf(UnavailableError);
    giving.abort();
    expect(await cancelled).toMatchObject({ message: 'The call was given up before the service answered.' });
    answer();
    expect(await check).toEqual(report);
  });
});
