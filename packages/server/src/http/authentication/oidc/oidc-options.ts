/** Signing operators in through an OpenID Connect issuer, as whoever runs the service sets it up. */
export interface OidcOptions {
  /** https; in clear on a loopback address alone. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
  /** As the issuer knows it: `<public url>/v1/session/oidc/callback`. */
  readonly redirectUri: string;
  /** What the button to sign in so says. */
  readonly label: string;
  /** What is asked of the issuer; `openid` among it. */
  readonly scopes: readonly string[];
  /** Addresses in lower case, or `@` and a domain. */
  readonly allowedEmails: readonly string[];
  readonly allowedGroups: readonly string[];
  readonly groupsClaim: string;
  /** What those who sign in so may do. */
  readonly operatorScopes: readonly string[];
}
