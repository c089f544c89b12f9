/** The calls about signing in. */
import { ADDRESSES } from '../contract/addresses.js';
import type { RemoteOptions } from '../contract/call-options.js';
import type { PortalCalls } from '../contract/types/portal.js';
import type { SessionCalls } from '../contract/types/sessions.js';
import { callsOver } from './calls.js';
import { ownKeysOver } from './own-keys-client.js';
import { problemOf } from './problem.js';
import type { ClientMe, ClientPortal, ClientSessions, Me } from './sessions.js';
import type { Transport } from './transport.js';

export function createClientSessions(transport: Transport): ClientSessions {
  const calls = callsOver<SessionCalls<RemoteOptions>>(transport, ADDRESSES.sessions, { resource: 'key' });
  return {
    ...calls,
    current: async (options) => orNull(calls.current(options)),
    oidcUrl: (returnTo) => transport.urlOf('/v1/session/oidc/start', { returnTo }),
  };
}

export function createPortal(transport: Transport): ClientPortal {
  const calls = callsOver<PortalCalls<RemoteOptions>>(transport, ADDRESSES.portal, { resource: 'link' });
  return { ...calls, current: async (options) => orNull(calls.current(options)) };
}

export function createMe(transport: Transport): ClientMe {
  const { account, usage, ...keys } = ownKeysOver(transport, '/v1/me');
  return { get: async (options) => (await account(options)) as Me, keys, usage: { read: usage } };
}

/** Nobody signed in is an answer here, not a failure. */
async function orNull<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (problemOf(error)?.code === 'session_missing') return null;
    throw error;
  }
}
