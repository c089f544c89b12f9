import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readWithin } from '../../../src/domain/utilities/read-within.js';

function streamOf(chunks: readonly Uint8Array[], onCancel: () => void = () => undefined): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: onCancel,
  });
}

it('read within: gives every byte in order, however they come', async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(chunks, async (sent) => {
      const all = sent.flatMap((chunk) => [...chunk]);
      expect([...((await readWithin(streamOf(sent), all.length)) ?? ['none'])]).toEqual(all);
    }),
  );
  expect(await readWithin(null, 0)).toEqual(new Uint8Array(0));
});

it('read within: ends a stream that holds one byte too many, without reading the rest', async () => {
  let cancelled = 0;
  const endless = Array.from({ length: 1_000 }, () => new Uint8Array(10));
  expect(
    await readWithin(
      streamOf(endless, () => cancelled++),
      10_000,
    ),
  ).toHaveLength(10_000);
  expect(cancelled).toBe(0);
  expect(
    await readWithin(
      streamOf(endless, () => cancelled++),
      9_999,
    ),
  ).toBeNull();
  expect(
    await readWithin(
      streamOf(endless, () => cancelled++),
      15,
    ),
  ).toBeNull();
  expect(cancelled).toBe(2);
});

it('read within: rejects as the stream does', async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) });
  await expect(readWithin(broken, 9)).rejects.toThrow('cut');
});
