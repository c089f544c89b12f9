/** Signing in, and how the pages look, as the configuration has it. */
import type { SettingNames } from 'latchkey/internal';
import type { Config } from './settings.js';

/** Sign-in through an OpenID Connect issuer. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly label: string;
  /** What is asked of the issuer. */
  readonly scopes: readonly string[];
  readonly allowedEmails: readonly string[];
  readonly allowedGroups: readonly string[];
  readonly groupsClaim: string;
  /** What those who sign in so may do. */
  readonly operatorScopes: readonly string[];
}

/** Changes nothing: who may do more, the configuration has to say. */
const READ_ALONE: readonly string[] = ['*:read'];

/** Null where none is configured. */
export function oidcOptionsOf(config: Config): OidcConfig | null {
  const { oidcIssuer: issuer, oidcClientId: clientId, publicUrl } = config;
  if (issuer === null || clientId === null || publicUrl === null) return null;
  return {
    issuer,
    clientId,
    clientSecret: config.oidcClientSecret,
    redirectUri: `${publicUrl.replace(/(?<!\/)\/+$/, '')}/v1/session/oidc/callback`,
    label: config.oidcLabel,
    scopes: [...new Set(['openid', ...config.oidcScopes])],
    allowedEmails: config.oidcAllowedEmails.map((email) => email.toLowerCase()),
    allowedGroups: config.oidcAllowedGroups,
    groupsClaim: config.oidcGroupsClaim,
    operatorScopes: config.oidcOperatorScopes ?? READ_ALONE,
  };
}

/** How the pages present themselves; plainly where nothing is said. */
export function portalOf({ portalName, portalLogoUrl, portalColor, portalFrameAncestors }: Config) {
  const isPlain = portalName === null && portalLogoUrl === null && portalColor === null;
  return {
    branding: isPlain ? null : { name: portalName ?? 'Latchkey', logoUrl: portalLogoUrl, color: portalColor },
    frameAncestors: portalFrameAncestors,
  };
}

/** What is wrong with it, under the names by which the values came. */
export function signInProblems(config: Config, { nameOf }: SettingNames): readonly string[] {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcAllowedEmails, oidcAllowedGroups, publicUrl } = config;
  const isMeant = [oidcIssuer, oidcClientId, oidcClientSecret].some((value) => value !== null);
  if (!isMeant && oidcAllowedEmails.length === 0 && oidcAllowedGroups.length === 0) return [];
  const problems: string[] = [];
  if (oidcIssuer === null) problems.push(`${nameOf('oidcIssuer')}: say at which issuer operators sign in.`);
  if (oidcClientId === null) problems.push(`${nameOf('oidcClientId')}: give the client id that the issuer gave.`);
  if (publicUrl === null) problems.push(`${nameOf('publicUrl')}: say where the issuer is to send operators back to.`);
  if (oidcAllowedEmails.length === 0 && oidcAllowedGroups.length === 0) {
    problems.push(
      `${nameOf('oidcAllowedEmails')}, ${nameOf('oidcAllowedGroups')}: say who may sign in; not everybody whom the issuer knows may.`,
    );
  }
  return problems;
}

/** Returns what works, but is probably not meant. */
export function signInWarnings(config: Config, { nameOf }: SettingNames): readonly string[] {
  if (oidcOptionsOf(config) === null || config.oidcOperatorScopes !== null) return [];
  return [
    `${nameOf('oidcOperatorScopes')}: not set, so operators who sign in through the issuer may only read (${READ_ALONE.join(',')}). Set the scopes that they are to have, such as *:* for all.`,
  ];
}
