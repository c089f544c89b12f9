import { describe, expect, it } from 'vitest';
import type { StatementResult } from '../../../src/stores/postgres/connections.js';
import { DatabaseFailure } from '../../../src/stores/postgres/failure.js';
import { createTransactionGate } from '../../../src/stores/postgres/gate.js';

/** A connection whose answers come when the test says so. */
function openConnection() {
  const sent: { readonly text: string; answer(): void; fail(error: Error): void }[] = [];
  const gate = createTransactionGate(
    ({ text }) =>
      new Promise<StatementResult>((resolve, reject) => {
        sent.push({ text, answer: () => resolve({ rows: [], rowCount: 1, command: 'INSERT' }), fail: reject });
      }),
  );
  return { gate, sent };
}

describe('what a transaction writes', () => {
  it('goes out without waiting for the answers to what went before', async () => {
    const { gate, sent } = openConnection();
    for (const text of ['one', 'two']) await gate.send({ text });
    const read = gate.query({ text: 'three' });
    expect(sent.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    for (const { answer } of sent) answer();
    expect((await read).rowCount).toBe(1);
  });

  it('waits where very much is under way, so that a change of any size takes up little', async () => {
    const { gate, sent } = openConnection();
    let written = 0;
    const writing = (async () => {
      for (; written < 1_000; written += 1) await gate.send({ text: 'write' });
    })();
    for (let answered = 0; answered < 1_000; answered += 1) {
      while (sent[answered] === undefined) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      expect(sent.length - answered).toBeLessThanOrEqual(101);
      sent[answered]?.answer();
    }
    await writing;
    expect(written).toBe(1_000);
  });

  it('is the failure of the transaction where it fails, and nothing follows it', async () => {
    const { gate, sent } = openConnection();
    await gate.send({ text: 'one' });
    await gate.send({ text: 'two' });
    const [first, second] = ['deadlock', 'aborted'].map((message) => new DatabaseFailure('again', message));
    sent[0]?.fail(first as Error);
    sent[1]?.fail(second as Error);
    await gate.close();
    expect(gate.failure).toBe(first);
  });

  it('is all answered when the gate is closed, and nothing is sent after that', async () => {
    const { gate, sent } = openConnection();
    await gate.send({ text: 'one' });
    let closed = false;
    const closing = gate.close().then(() => (closed = true));
    await expect(gate.query({ text: 'two' })).rejects.toThrow('has ended');
    expect([sent.length, closed]).toEqual([1, false]);
    sent[0]?.answer();
    await closing;
  });
});
