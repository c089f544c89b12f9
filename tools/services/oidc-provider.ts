/** A real OpenID Connect provider on a loopback port, whose people sign in without being asked. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration } from 'oidc-provider';

/** Somebody whom the provider knows, and what it says of them. */
export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
}

export interface RunningProvider {
  readonly issuer: string;
  /** Who signs in next. */
  signsIn(subject: string): void;
  /** From now on whoever is asked to sign in says no. */
  refuses(): void;
  /** Every code that was issued, and every other secret that went through. */
  readonly secrets: ReadonlySet<string>;
  close(): Promise<void>;
}

export const CLIENT = { id: 'latchkey', secret: 'the-client-secret-of-these-tests-0123456789' };

export async function startProvider(people: Readonly<Record<string, Person>>, redirectUri: string): Promise<RunningProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secrets = new Set<string>();
  let next: string | null = null;
  const provider = new Provider(issuer, configurationOf(people, redirectUri));
  const handle = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      noteSecrets(response, secrets);
      void handle(request, response);
      return;
    }
    void (async () => {
      const { prompt, params, session } = await provider.interactionDetails(request, response);
      if (next === null) {
        await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'They said no.' });
      } else if (prompt.name === 'login') {
        await provider.interactionFinished(request, response, { login: { accountId: next } });
      } else {
        const grant = new provider.Grant({ accountId: session?.accountId ?? next, clientId: String(params['client_id']) });
        grant.addOIDCScope(String(params['scope']));
        await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
      }
    })();
  });
  return {
    issuer,
    secrets,
    signsIn: (subject) => void (next = subject),
    refuses: () => void (next = null),
    close: async () => end(server),
  };
}

function configurationOf(people: Readonly<Record<string, Person>>, redirectUri: string): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'], profile: ['name'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['a key for the cookies of a test'] },
    pkce: { required: () => true },
    ttl: { AuthorizationCode: 60, AccessToken: 600, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `The person ${sub}`, ...people[sub], groups: [...(people[sub]?.groups ?? [])] }),
    }),
  };
}

/** Where a browser is sent back with a code. */
function noteSecrets(response: ServerResponse, secrets: Set<string>): void {
  response.on('finish', () => {
    const location = response.getHeader('location');
    const code = typeof location === 'string' && URL.canParse(location) ? new URL(location).searchParams.get('code') : null;
    if (code !== null) secrets.add(code);
  });
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/**
 * What a browser does at the provider: follows where it is sent, with the provider's cookies, until that is elsewhere; and where that
 * is, which is the answer to whoever sent it.
 */
export async function walkProvider(start: string, issuer: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = start;
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const field of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The provider answered ${response.status}: ${await response.text()}`);
    address = new URL(location, address).href;
    if (!address.startsWith(issuer)) return address;
  }
  throw new Error('The provider sends its guests in circles.');
}
