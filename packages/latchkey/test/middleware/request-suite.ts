/** The table of requests, for a framework and whatever verifies: an engine in this process, or a client of one elsewhere. */
import type { Verifier } from 'latchkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.js';
import type { GuardedEngine } from './guarded-engine.js';
import type { Tokens } from './request-case.js';
import { differences, questionOf, REPEATED, TABLE } from './request-table.js';
import { HOURLY, routesAt, type Framework, type RunningFramework } from './routes.js';

export { ask, routesAt, type Framework };
export { FRAMEWORKS } from './frameworks.js';
export { openGuardedEngine } from './guarded-engine.js';

export interface RequestSuiteOptions {
  readonly framework: Framework;
  /** Opened by then, with what verifies by it. */
  readonly open: () => Promise<{ readonly engine: GuardedEngine; readonly verifier: Verifier; close(): Promise<void> }>;
}

export function requestSuite(name: string, { framework, open }: RequestSuiteOptions): void {
  describe(name, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let running: RunningFramework;
    let tokens: Tokens;

    beforeAll(async () => {
      opened = await open();
      running = await framework(opened.verifier, routesAt(opened.engine.clock.now));
    });

    afterAll(async () => {
      await running.close();
      await opened.close();
    });

    it.each(TABLE)('$name', async (one) => {
      tokens = await opened.engine.tokens();
      const question = questionOf(one, tokens);
      for (let before = 0; before < (one.after ?? 0); before++) await ask(running.url, question);
      expect(differences(await ask(running.url, question), one.expected, tokens)).toEqual([]);
    });

    it.each(REPEATED)('refuses $name', async (one) => {
      tokens = await opened.engine.tokens();
      const answer = await ask(running.url, questionOf(one, tokens));
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error=');
      expect(answer.text).not.toContain('"owner"');
    });

    it('an answer that the handler makes past the framework has the headers of limits all the same', async () => {
      tokens = await opened.engine.tokens();
      const answer = await ask(running.url, questionOf({ name: '', path: '/raw', headers: ({ good }) => [['X-API-Key', good]] }, tokens));
      expect(answer.headers).toMatchObject({ 'x-ratelimit-remaining': '1', 'ratelimit-policy': '"hourly";q=2;w=3600' });
    });

    it('two layers charge once: usage and limits both say so', async () => {
      const { latchkey, clock, issue } = opened.engine;
      const { id, token } = await issue();
      expect((await ask(running.url, { path: '/layers', headers: [['X-API-Key', token]] })).status).toBe(200);
      const peek = await latchkey.verify(token, { dryRun: true, limits: [HOURLY], cost: 0 });
      expect(peek.limits).toMatchObject([{ name: 'hourly', remaining: 1 }]);
      // The last one: time goes on.
      await clock.advance(10_000);
      expect((await latchkey.usage.read({ key: id, by: 'day' })).total).toBe(1);
    });
  });
}
