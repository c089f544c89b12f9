/** The issuer, as a relying party of OpenID Connect speaks to it: discovery, the authorization code flow with PKCE, the claims. */
import type { Configuration } from 'openid-client';
import { joinClaims, type Claims } from './join-claims.js';
import type { OidcOptions } from './oidc-options.js';
import type { SignInFlow } from './sign-in-flow.js';

export interface OidcIssuer {
  /** Where a browser goes to sign in. Rejects where the issuer does not answer. */
  authorizationUrl(flow: SignInFlow): Promise<string>;
  /**
   * What the issuer says of whoever came back with this query. Rejects for a query that is not the answer to this flow, a code
   * or an ID token that is not good, and where the issuer does not answer.
   */
  claimsOf(query: string, flow: SignInFlow): Promise<Claims>;
}

const TIMEOUT_S = 10;
/** How long what the issuer says of itself is believed. */
const KEPT_MS = 3_600_000;

export function createOidcIssuer(options: OidcOptions, monotonicMs: () => number): OidcIssuer {
  let known: { readonly configuration: Promise<Configuration>; readonly at: number } | null = null;

  async function configuration(): Promise<Configuration> {
    if (known === null || monotonicMs() - known.at > KEPT_MS) {
      const discovered = { configuration: discover(options), at: monotonicMs() };
      known = discovered;
      // What failed is tried again by the next one.
      discovered.configuration.catch(() => {
        if (known === discovered) known = null;
      });
    }
    return known.configuration;
  }

  return {
    async authorizationUrl({ state, nonce, challenge }) {
      const parameters = {
        redirect_uri: options.redirectUri,
        scope: options.scopes.join(' '),
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state,
        nonce,
      };
      const { buildAuthorizationUrl } = await import('openid-client');
      return buildAuthorizationUrl(await configuration(), parameters).href;
    },
    async claimsOf(query, { state, nonce, verifier }) {
      const { authorizationCodeGrant, fetchUserInfo } = await import('openid-client');
      const issuer = await configuration();
      const tokens = await authorizationCodeGrant(issuer, new URL(`${options.redirectUri}?${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims: Claims = { ...tokens.claims() };
      if (issuer.serverMetadata().userinfo_endpoint === undefined) return claims;
      // Many tell e-mail and groups there alone. Its subject must be that of the ID token.
      return joinClaims(claims, await fetchUserInfo(issuer, tokens.access_token, String(claims['sub'])));
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcOptions): Promise<Configuration> {
  // Loaded only where it is used: most services have no issuer.
  const { allowInsecureRequests, ClientSecretPost, clockTolerance, discovery, enableNonRepudiationChecks, None } =
    await import('openid-client');
  const inClear = new URL(issuer).protocol === 'http:';
  const authentication = clientSecret === null ? None() : ClientSecretPost(clientSecret);
  return discovery(new URL(issuer), clientId, { [clockTolerance]: 30 }, authentication, {
    timeout: TIMEOUT_S,
    // The token came straight from the issuer; its signature is checked all the same.
    execute: [enableNonRepudiationChecks, ...(inClear ? [allowInsecureRequests] : [])],
  });
}
