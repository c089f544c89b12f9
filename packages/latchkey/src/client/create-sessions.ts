/** The calls about signing in, each as one request. */
import { ownKeysOver } from './own-keys-client.js';
import { problemOf } from './problem.js';
import type { ClientMe, ClientPortal, ClientSessions } from './sessions.js';
import { segment, type Transport } from './transport.js';

const SESSION = '/v1/session';
const PORTAL_SESSION = '/v1/portal-session';

export function createClientSessions({ ask, urlOf }: Transport): ClientSessions {
  return {
    methods: async (options) => ask({ ...options, method: 'GET', path: '/v1/sign-in-methods' }),
    start: async (credential, options) => ask({ ...options, method: 'POST', path: SESSION, body: credential }),
    current: async (options) => orNull(ask({ ...options, method: 'GET', path: SESSION })),
    end: async (options) => ask({ ...options, method: 'DELETE', path: SESSION }),
    endAll: async (options) => ask({ ...options, method: 'DELETE', path: '/v1/sessions' }),
    oidcUrl: (returnTo) => urlOf(`${SESSION}/oidc/start`, { returnTo }),
  };
}

export function createPortal({ ask }: Transport): ClientPortal {
  return {
    createLink: async (input, options) => ask({ ...options, method: 'POST', path: '/v1/portal-sessions', body: input }),
    withdrawLink: async (id, options) =>
      ask({ ...options, method: 'DELETE', path: `/v1/portal-sessions/${segment(id)}`, resource: 'link' }),
    open: async (by, options) => ask({ ...options, method: 'POST', path: PORTAL_SESSION, body: by }),
    current: async (options) => orNull(ask({ ...options, method: 'GET', path: PORTAL_SESSION })),
    close: async (options) => ask({ ...options, method: 'DELETE', path: PORTAL_SESSION }),
  };
}

export function createMe(transport: Transport): ClientMe {
  const { usage, ...keys } = ownKeysOver(transport, '/v1/me');
  return {
    get: async (options) => transport.ask({ ...options, method: 'GET', path: '/v1/me' }),
    keys,
    usage: { read: usage },
  };
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
