/** Services of a test whose portal is opened: by a link, in a browser with a cookie jar. Each ends with its test. */
import { afterEach, expect } from 'vitest';
import { openBrowser, type Browser } from './browser.js';
import { openService, type Service } from './service.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const COOKIE = '__Host-latchkey-portal';

let opened: Service[] = [];
afterEach(async () => {
  for (const service of opened) await service.close();
  opened = [];
});

export async function open(...options: Parameters<typeof openService>): Promise<Service> {
  const service = await openService(...options);
  opened.push(service);
  return service;
}

export async function linkOf(service: Service, input: object = {}): Promise<{ id: string; secret: string; url: string }> {
  const { status, json, text } = await service.admin('POST', '/v1/portal-sessions', { ownerId: 'ada', ...input });
  expect(status, text).toBe(201);
  return { id: json?.['id'], url: json?.['url'], secret: String(json?.['url']).split('#link=')[1] ?? '' };
}

export async function portalOf(service: Service, input: object = {}): Promise<Browser> {
  const browser = openBrowser(service);
  const { status, text } = await browser.ask('POST', '/v1/portal-session', { link: (await linkOf(service, input)).secret });
  expect(status, text).toBe(201);
  return browser;
}
