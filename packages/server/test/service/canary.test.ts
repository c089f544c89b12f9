/**
 * Secrets as canaries: a service is used in every way, well and badly, and then nothing that it said or kept may hold any
 * of the secrets that were used with it. A token may stand in the answer that issued it, and nowhere else.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../http/conformance.js';
import { badCalls, goodCalls, setStage, type Stage } from './canary-calls.js';
import { commandNames, goodCommands, runBadCommands } from './canary-commands.js';
import { CanaryService, DATABASE_FILES } from './canary-service.js';
import { createLeakFinder } from './leaks.js';

const service = new CanaryService();
const tried = new Set<string>();
let stage: Stage;
let document: Document;

beforeAll(async () => {
  await service.start();
  stage = await setStage(service);
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));

function subjectOf(command: string): string {
  return /^(?:keys|owners|tiers) /.exec(command)?.[0].trim() ?? 'the service';
}

describe('a service full of canaries', () => {
  it('is asked for every operation, as it should be', async () => {
    for (const call of goodCalls(service, stage)) {
      const { status, json } = await service.call(call);
      expect(status, `${call.operation}: ${json['code']}`).toBeLessThan(400);
    }
    expect([...service.seen.keys()].toSorted()).toEqual(operations().toSorted());
    service.collectDatabase('after good calls');
  });

  it('is asked for every operation, as it should not be', async () => {
    const refused = new Set<string>();
    for (const call of badCalls(service, document, stage)) {
      const { status } = await service.call(call);
      expect(status, call.operation).toBeLessThan(500);
      if (status >= 400) refused.add(call.operation);
    }
    expect([...refused].toSorted()).toEqual(operations().toSorted());
    service.collectDatabase('after bad calls');
  });

  it.each(['keys', 'owners', 'tiers', 'the service'])('is administered with every command for %s, as it should be', async (subject) => {
    const good = goodCommands(service, await setStage(service)).filter(({ name }) => subjectOf(name) === subject);
    for (const { name, args = [], options } of good) {
      const { code, stderr } = await service.command([...name.split(' '), ...args], options);
      expect([name, code], stderr).toEqual([name, 0]);
      tried.add(name);
    }
  });

  it('is administered with no other command but that which serves', () => {
    expect([...tried, 'serve'].toSorted()).toEqual(commandNames().toSorted());
  });

  it('is administered with every command, as it should not be', async () => {
    await runBadCommands(service, await setStage(service));
    service.collectDatabase('after commands');
  });

  it('says and keeps none of them: not in an answer, a log, a metric, an event, the terminal or the database', async () => {
    service.collect('all events', (await service.command(['events', '--export'])).stdout);
    const { code } = await service.stop();
    expect(code).toBe(0);
    const { leaks, bytes, places } = service.search();
    for (const name of DATABASE_FILES) expect(places).toContain(`${name}, after commands`);
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(leaks).toEqual([]);
  });
});

describe('the search itself', () => {
  const token = `lk_live_${'0123456789abcdefghijABCDEFGHIJ'.repeat(2).slice(0, 49)}`;
  const finder = createLeakFinder();
  finder.watchToken('a token', token);
  finder.watch('a key', 'the "admin" key/with%odd&marks');

  it.each([
    ['clear text', `{"name":"${token}"}`],
    ['a part of twelve characters', `…${token.slice(-30, -18)}…`],
    ['JSON', JSON.stringify({ key: 'the "admin" key/with%odd&marks' })],
    ['a URL', `?key=${encodeURIComponent('the "admin" key/with%odd&marks')}`],
    ['base64', Buffer.from(token).toString('base64')],
    ['base64 of credentials', `Basic ${Buffer.from(`user:${token}`).toString('base64')}`],
    ['base64url within more', Buffer.from(`xy${token}z`).toString('base64url')],
    ['hex', Buffer.from(`a${token}`).toString('hex')],
    ['UTF-16', Buffer.from(token, 'utf16le')],
    ['a database file', Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(token), Buffer.from([254])])],
  ])('finds a secret in %s', (_, content) => {
    expect(finder.find('here', content)).not.toEqual([]);
  });

  it('finds nothing in a hint, and names no secret in what it found', () => {
    expect(finder.find('here', `lk_live_…${token.slice(-4)} ${token.slice(-30, -19)}`)).toEqual([]);
    expect(JSON.stringify(finder.find('here', token))).not.toContain(token.slice(-12));
  });
});

afterAll(async () => {
  if (service.isRunning) await service.stop();
});
