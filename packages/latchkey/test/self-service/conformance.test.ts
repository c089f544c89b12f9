import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { describe, it } from 'vitest';
import { createOwnKeysClient } from '../../src/client/index.js';
import { createLatchkey, type Latchkey } from '../../src/index.js';
import { createSelfServiceHandler } from '../../src/self-service/index.js';
import { administrationOf } from '../../src/testing/administration.js';
import { ownKeysSuite, type OwnKeysCircumstances, type OwnKeysSomehow } from '../../src/testing/own-keys-suite.js';

describe('an engine', () => {
  ownKeysSuite({ describe, it }, { open: openEngine });
});

describe('a client of a handler that a host application has mounted', () => {
  ownKeysSuite({ describe, it }, { open: openHost });
});

async function openLatchkey({ settings, clock }: OwnKeysCircumstances) {
  const latchkey = await createLatchkey({ database: ':memory:', clock, ...settings });
  return { latchkey, admin: administrationOf(latchkey, { type: 'admin', id: 'admin', scopes: ['*:*'] }) };
}

async function openEngine(circumstances: OwnKeysCircumstances) {
  const { latchkey, admin } = await openLatchkey(circumstances);
  return { admin, as: ownKeysOf(latchkey, circumstances), dispose: () => latchkey.close() };
}

function ownKeysOf(latchkey: Latchkey, { policy }: OwnKeysCircumstances): (owner: string) => OwnKeysSomehow {
  const selfService = latchkey.selfService(policy);
  return (ownerId) => selfService.for({ ownerId, expiresAt: null });
}

/** Whose cookie says who asks, as a session of the host would. */
async function openHost(circumstances: OwnKeysCircumstances) {
  const { latchkey, admin } = await openLatchkey(circumstances);
  const handler = createSelfServiceHandler({
    latchkey,
    policy: circumstances.policy,
    basePath: '/api/me',
    authenticate: async ({ headers }) => {
      const owner = /(?:^|; )session=(\w+)/.exec(headers.get('cookie') ?? '')?.[1];
      return owner === undefined ? null : { ownerId: owner, expiresAt: null };
    },
  });
  const listener = getRequestListener(handler, { overrideGlobalObjects: false });
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/me`;
  const as = (owner: string): OwnKeysSomehow => createOwnKeysClient({ url, credentials: 'include', fetch: withCookie(`session=${owner}`) });
  const dispose = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await latchkey.close();
  };
  return { admin, as, dispose };
}

/** As a browser adds it. */
function withCookie(cookie: string): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.headers.set('cookie', cookie);
    return fetch(request);
  };
}
