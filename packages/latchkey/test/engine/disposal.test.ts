/** `await using` closes an engine. The syntax is newer than Node 20, so the compiler of this test turns it into calls of the symbol. */
import { describe, expect, it } from 'vitest';
import { createLatchkey, UnavailableError, type Latchkey } from '../../src/index.js';

const open = async (): Promise<Latchkey> => createLatchkey({ database: ':memory:' });

describe('Latchkey as a disposable', () => {
  it('is closed at the end of its block', async () => {
    let left: Latchkey;
    {
      await using latchkey = await open();
      left = latchkey;
      await latchkey.ready();
    }
    await expect(left.ready()).rejects.toBeInstanceOf(UnavailableError);
  });

  it('is closed by a block that throws, which still throws what it threw', async () => {
    let left: Latchkey | undefined;
    const failing = async (): Promise<void> => {
      await using latchkey = await open();
      left = latchkey;
      throw new RangeError('in the block');
    };
    await expect(failing()).rejects.toBeInstanceOf(RangeError);
    await expect(left?.ready()).rejects.toBeInstanceOf(UnavailableError);
  });

  it('says after its end that it is closed, whatever is called, and asks nobody to try again', async () => {
    const latchkey = await open();
    await latchkey.close();
    const calls = [
      latchkey.verify('lk_live_x'),
      latchkey.ready(),
      latchkey.keys.list(),
      latchkey.keys.create({ name: 'a', owner: 'b' }),
      latchkey.owners.get('b'),
      latchkey.tiers.list(),
      latchkey.events.head(),
      latchkey.usage.read(),
      latchkey.overview(),
      latchkey.keys.walk({})[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) await expect(call).rejects.toThrow('This Latchkey is closed. Create another one');
  });

  it('may be closed before the end of the block', async () => {
    const closing = async (): Promise<string> => {
      await using latchkey = await open();
      await latchkey.close();
      return 'closed';
    };
    expect(await closing()).toBe('closed');
  });
});
