import { createClient, createOwnKeysClient, type Client, type OwnKeysClient } from 'latchkey/client';
import { beforeAll, expect, it } from 'vitest';
import { operationAt, type Document } from '../http/conformance.js';
import { openService } from '../http/service.js';

interface Clients {
  readonly client: Client;
  readonly own: OwnKeysClient;
}

/** By the operation that each call is to reach. */
const CALLS: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
  verifyKey: ({ client }) => client.verify('a token'),
  verifyKeys: ({ client }) => client.verifyBatch([{ token: 'a token' }]),
  createKey: ({ client }) => client.keys.create({ name: 'k', owner: 'o' }),
  listKeys: ({ client }) => client.keys.list({ search: 'CI' }),
  searchKeys: ({ client }) => client.keys.list({ search: token }),
  getKey: ({ client }) => client.keys.get('key_a'),
  updateKey: ({ client }) => client.keys.update('key_a', { name: 'k' }),
  rotateKey: ({ client }) => client.keys.rotate('key_a'),
  revokeKey: ({ client }) => client.keys.revoke('key_a'),
  disableKey: ({ client }) => client.keys.disable('key_a'),
  enableKey: ({ client }) => client.keys.enable('key_a'),
  listOwners: ({ client }) => client.owners.list(),
  getOwner: ({ client }) => client.owners.get('o'),
  updateOwner: ({ client }) => client.owners.update('o', { name: 'n' }),
  suspendOwner: ({ client }) => client.owners.suspend('o'),
  resumeOwner: ({ client }) => client.owners.resume('o'),
  revokeAllKeysOfOwner: ({ client }) => client.owners.revokeAll('o'),
  listTiers: ({ client }) => client.tiers.list(),
  getTier: ({ client }) => client.tiers.get('free'),
  putTier: ({ client }) => client.tiers.put('free', { limits: [] }),
  removeTier: ({ client }) => client.tiers.remove('free'),
  listEvents: ({ client }) => client.events.list(),
  getLogHead: ({ client }) => client.events.head(),
  verifyEvents: ({ client }) => client.events.verify(),
  archiveEvents: ({ client }) => client.events.archive({ upTo: { seq: 1, hash: '0'.repeat(64) } }),
  readUsage: ({ client }) => client.usage.read(),
  explainKey: ({ client }) => client.keys.explain('key_a'),
  readKeyLimits: ({ client }) => client.keys.limits('key_a'),
  retireSecret: ({ client }) => client.keys.retireSecret('key_a', 'sec_a'),
  revokeKeysWhere: ({ client }) => client.keys.revokeWhere({ where: { tags: ['a'] }, expect: 1 }),
  disableKeysWhere: ({ client }) => client.keys.disableWhere({ where: { tags: ['a'] }, expect: 1 }),
  extendKeysWhere: ({ client }) => client.keys.extendWhere({ where: { tags: ['a'] }, expect: 1, expiresIn: '1d' }),
  revokeKeys: ({ client }) => client.keys.revokeMany({ ids: ['key_a'] }),
  previewTier: ({ client }) => client.tiers.preview('free', { limits: [] }),
  readUsageByKey: ({ client }) => client.usage.byKey({ keys: ['key_a'] }),
  readBusiestKeys: ({ client }) => client.usage.busiest(),
  readOverview: ({ client }) => client.overview(),
  readSettings: ({ client }) => client.settings(),
  readSignInMethods: ({ client }) => client.sessions.methods(),
  signIn: ({ client }) => client.sessions.start({ adminKey: 'a key' }),
  readSession: ({ client }) => client.sessions.current(),
  signOut: ({ client }) => client.sessions.end(),
  signOutEverywhere: ({ client }) => client.sessions.endAll(),
  createPortalLink: ({ client }) => client.portal.createLink({ ownerId: 'o' }),
  withdrawPortalLink: ({ client }) => client.portal.withdrawLink('ses_a'),
  openPortal: ({ client }) => client.portal.open({ link: 'a link' }),
  readPortalSession: ({ client }) => client.portal.current(),
  closePortal: ({ client }) => client.portal.close(),
  readMe: ({ client }) => client.me.get(),
  getCluster: ({ client }) => client.cluster(),
  getReadiness: ({ client }) => client.ready(),
  listOwnKeys: ({ own }) => own.list(),
  createOwnKey: ({ own }) => own.create({ name: 'k' }),
  getOwnKey: ({ own }) => own.get('key_a'),
  updateOwnKey: ({ own }) => own.update('key_a', { name: 'k' }),
  retireOwnSecret: ({ own }) => own.retireSecret('key_a', 'sec_a'),
  rotateOwnKey: ({ own }) => own.rotate('key_a'),
  revokeOwnKey: ({ own }) => own.revoke('key_a'),
  readOwnUsage: ({ own }) => own.usage(),
};

const WITHOUT_A_CALL: Readonly<Record<string, string>> = {
  deleteKey: 'revokeKey does it, and takes a reason',
  deleteOwnKey: 'revokeOwnKey does it, and takes a reason',
  exportEvents: 'a browser downloads it',
  startOidc: 'a browser goes there',
  finishOidc: 'the issuer sends a browser there',
  forwardAuth: 'a proxy asks it',
  forwardAuthBelow: 'a proxy asks it',
  getHealth: 'whoever keeps the process running asks it',
  getMetrics: 'Prometheus asks it',
};

let document: Document;
let token: string;

beforeAll(async () => {
  const service = await openService();
  ({ document } = service);
  ({ token } = await service.issue());
  await service.close();
});

it('every operation that the service documents is reached by a call of the client, or is none for programs', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  expect(operations.toSorted()).toEqual([...Object.keys(CALLS), ...Object.keys(WITHOUT_A_CALL)].toSorted());
});

it.each(Object.keys(CALLS))('the call for %s makes one request, and to that operation', async (operationId) => {
  const reached: (string | undefined)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method, url } = new Request(input, init);
    reached.push(operationAt(document, method, new URL(url).pathname)?.operationId);
    return new Response(null, { status: 418 });
  };
  const clients = {
    client: createClient({ url: 'http://service', fetch, credentials: 'omit' }),
    own: createOwnKeysClient({ url: 'http://service/v1/me', fetch, credentials: 'omit' }),
  };
  await CALLS[operationId]?.(clients).catch(() => undefined);
  expect(reached).toEqual([operationId]);
});
