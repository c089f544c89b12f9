/** Owners who open the portal, with a link or with a JWT of the host application. */
import { SignJWT } from 'jose';
import type { Browser } from 'playwright-core';
import { openWindow, type Window } from './browser.js';
import type { RunningService } from './service.js';

const ISSUER = 'https://id.example/';
const AUDIENCE = 'portal';
const SECRET = 'a-secret-for-jwts-that-is-long-enough-0123456789';

export const JWT_VARIABLES = { LATCHKEY_JWT_SECRET: SECRET, LATCHKEY_JWT_ISSUER: ISSUER, LATCHKEY_JWT_AUDIENCE: AUDIENCE };

export async function jwtOf(owner: string): Promise<string> {
  const signer = new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: owner }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('10m');
  return signer.sign(Buffer.from(SECRET));
}

/** Makes a link for an owner; its address is that of the service under test. */
export async function linkFor({ client, url }: RunningService, ownerId: string): Promise<{ readonly id: string; readonly url: string }> {
  const made = await client.portal.createLink({ ownerId });
  return { id: made.id, url: url + new URL(made.url).pathname + new URL(made.url).hash };
}

/** The portal of an owner in a window of its own, and a way to end its session. */
export async function openPortal(
  { browser, service }: { readonly browser: Browser; readonly service: RunningService },
  ownerId: string,
): Promise<Window & { readonly withdraw: () => Promise<void> }> {
  const window = await openWindow(browser, service.url);
  const { id, url } = await linkFor(service, ownerId);
  await window.page.goto(url);
  return { ...window, withdraw: async () => service.client.portal.withdrawLink(id) };
}
