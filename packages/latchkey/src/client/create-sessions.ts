/** The calls about signing in, each as one request. */
import { problemOf } from './problem.js';
import type { ClientMe, ClientPortal, ClientSessions } from './sessions.js';
import { segment, type Transport } from './transport.js';

const SESSION = '/v1/session';
const PORTAL_SESSION = '/v1/portal-session';

export function createSessions({ ask, urlOf }: Transport): ClientSessions {
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

export function createMe({ ask, issue }: Transport): ClientMe {
  const at = (id: string, verb = '') => ({ path: `/v1/me/keys/${segment(id)}${verb}`, resource: 'key' }) as const;
  return {
    get: async (options) => ask({ ...options, method: 'GET', path: '/v1/me' }),
    keys: {
      list: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/me/keys', query }),
      get: async (id, options) => ask({ ...options, ...at(id), method: 'GET' }),
      create: async (input, options) => issue({ ...options, method: 'POST', path: '/v1/me/keys', body: input }),
      update: async (id, patch, options) => ask({ ...options, ...at(id), method: 'PATCH', body: patch }),
      rotate: async (id, input = {}, options = {}) => issue({ ...options, ...at(id, '/rotate'), method: 'POST', body: input }),
      revoke: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/revoke'), method: 'POST', body: input }),
    },
    usage: { read: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/me/usage', query }) },
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
