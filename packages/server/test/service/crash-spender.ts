/**
 * Clients that spend, all at once: the credits of one key, and a limit of another. Notes what was admitted, and holds
 * what is left after a crash against it.
 */
import { expect } from 'vitest';
import { createAsk, type Ask, type Fields } from './ask.js';
import type { Dice } from './dice.js';

const CREDITS = 1_000_000;
const LIMIT = 1_000_000;
const OWNER = 'spender';

interface Purse {
  readonly id: string;
  readonly token: string;
  /** Spent before this round, exactly. */
  before: number;
  /** Admitted in this round. */
  admitted: number;
  /** Calls that were admitted, ever. */
  calls: number;
  /** What was asked for in this round and not answered. */
  lost: number;
}

export class CrashSpender {
  /** What the answers said was left, each of which only one call can have been told. */
  readonly #readings: number[] = [];
  readonly #budget: Purse;
  readonly #limited: Purse;

  private constructor(budget: Purse, limited: Purse) {
    this.#budget = budget;
    this.#limited = limited;
  }

  static async open(url: string): Promise<CrashSpender> {
    const ask = createAsk(url);
    const issue = async (input: Fields): Promise<Purse> => {
      const { json } = await ask('/v1/keys', { body: { name: 'a purse', owner: OWNER, ...input } });
      return { id: json['key'].id, token: json['token'], before: 0, admitted: 0, calls: 0, lost: 0 };
    };
    return new CrashSpender(
      await issue({ credits: { remaining: CREDITS } }),
      await issue({ limits: [{ name: 'calls', limit: LIMIT, window: '366d', algorithm: 'fixed-window' }] }),
    );
  }

  get keyIds(): readonly string[] {
    return [this.#budget.id, this.#limited.id];
  }

  get limitedKeyId(): string {
    return this.#limited.id;
  }

  /** All that the limit admitted, as far as it was answered. */
  get counted(): number {
    return this.#limited.before + this.#limited.admitted;
  }

  /** Spends once; false where it was not answered whether that was admitted. */
  async step(ask: Ask, dice: Dice): Promise<boolean> {
    const purse = dice.pick([this.#budget, this.#limited]);
    const cost = purse === this.#budget ? 1 : 1 + dice.below(3);
    let verdict: Fields = { code: 'unavailable' };
    try {
      verdict = (await ask('/v1/keys/verify', { body: { token: purse.token, cost } })).json;
    } catch {
      // As good as that answer.
    }
    if (verdict['code'] === 'unavailable') {
      purse.lost += cost;
      return false;
    }
    expect(verdict['code']).toBe('valid');
    purse.admitted += cost;
    purse.calls++;
    if (purse === this.#budget) this.#readings.push(verdict['credits']);
    return true;
  }

  /**
   * After a crash: acknowledged credits are spent exactly once. `saved`: what of the limit was seen in the file before;
   * all that is counted beyond it may be gone.
   */
  async check(ask: Ask, saved: number): Promise<void> {
    const { remaining } = (await ask(`/v1/keys/${this.#budget.id}`)).json['credits'] as { remaining: number };
    const spent = CREDITS - remaining;
    const { before, admitted, lost } = this.#budget;
    expect(spent, 'credits spent').toBeGreaterThanOrEqual(before + admitted);
    expect(spent, 'credits spent').toBeLessThanOrEqual(before + admitted + lost);
    const used = await this.#readLimit(ask);
    expect(used, 'units counted').toBeGreaterThanOrEqual(saved);
    expect(used, 'units counted').toBeLessThanOrEqual(this.counted + this.#limited.lost);
    this.#begin(spent, used);
  }

  /** After an end that was asked for: what was admitted is spent, counted and in the figures, and nothing else is. */
  async checkExactly(ask: Ask): Promise<void> {
    this.#budget.lost = 0;
    this.#limited.lost = 0;
    await this.check(ask, this.counted);
    for (const { id, calls } of [this.#budget, this.#limited]) {
      expect((await ask(`/v1/usage?key=${id}`)).json['totals'].valid, 'usage').toBe(calls);
    }
  }

  /** No two calls were given the same credit. */
  checkReadings(): void {
    expect(new Set(this.#readings).size).toBe(this.#readings.length);
  }

  #begin(spent: number, used: number): void {
    Object.assign(this.#budget, { before: spent, admitted: 0, lost: 0 });
    Object.assign(this.#limited, { before: used, admitted: 0, lost: 0 });
  }

  async #readLimit(ask: Ask): Promise<number> {
    const { json } = await ask('/v1/keys/verify', { body: { token: this.#limited.token, dryRun: true } });
    return LIMIT - json['limits'][0].remaining;
  }
}
