/** The settings of the pages for people: where they are, how they look, and how operators sign in to them. */
import { isOperatorScope, OPERATOR_SCOPES } from 'latchkey';
import { list, path, text, url } from './kinds.js';
import type { Setting } from './setting.js';

export interface PageConfig {
  readonly publicUrl: string | null;
  readonly portalName: string | null;
  readonly portalLogoUrl: string | null;
  readonly portalColor: string | null;
  readonly portalFrameAncestors: readonly string[];
  readonly oidcIssuer: string | null;
  readonly oidcClientId: string | null;
  readonly oidcClientSecret: string | null;
  readonly oidcClientSecretFile: string | null;
  readonly oidcLabel: string;
  readonly oidcScopes: readonly string[];
  readonly oidcAllowedEmails: readonly string[];
  readonly oidcAllowedGroups: readonly string[];
  readonly oidcGroupsClaim: string;
  readonly oidcOperatorScopes: readonly string[] | null;
}

export const PAGE_SETTINGS: { readonly [Field in keyof PageConfig]: Setting<PageConfig[Field]> } = {
  publicUrl: {
    variable: 'LATCHKEY_PUBLIC_URL',
    kind: url('use the http or https address at which users reach the service, without a path, such as https://keys.example.com', isHost),
    fallback: null,
    description: 'Where users reach the service; it stands in links to the portal. Unset, as each request has it',
  },
  portalName: {
    variable: 'LATCHKEY_PORTAL_NAME',
    kind: text('use 1 to 60 characters', /^[^\p{Cc}\p{Cf}]{1,60}$/u),
    fallback: null,
    description: 'The name that the portal and the page to sign in show, in place of Latchkey',
  },
  portalLogoUrl: {
    variable: 'LATCHKEY_PORTAL_LOGO_URL',
    kind: url('use an https address of an image, a data: URL of one, or a path of this service', isImage),
    fallback: null,
    description: 'The logo that they show: an https address, a `data:` URL of an image, or a path of this service',
  },
  portalColor: {
    variable: 'LATCHKEY_PORTAL_COLOR',
    kind: text('use a colour such as #336699', /^#[0-9a-f]{6}$/i, '<#rrggbb>'),
    fallback: null,
    description: 'The colour of buttons and links there, as `#rrggbb`',
  },
  portalFrameAncestors: {
    variable: 'LATCHKEY_PORTAL_FRAME_ANCESTORS',
    kind: list('use origins separated by commas, such as https://app.example.com', isOrigin),
    fallback: [],
    description: 'Origins whose pages may show the portal in a frame; unset, none',
  },
  oidcIssuer: {
    variable: 'LATCHKEY_OIDC_ISSUER',
    kind: url('use the https address of an OpenID Connect issuer', isIssuer),
    fallback: null,
    description: 'Lets operators sign in to the dashboard through this OpenID Connect issuer; needs `LATCHKEY_PUBLIC_URL`',
  },
  oidcClientId: {
    variable: 'LATCHKEY_OIDC_CLIENT_ID',
    kind: text('use the client id that the issuer gave', /^[\x21-\x7e]{1,256}$/),
    fallback: null,
    description: 'The client id that the issuer gave; its redirect URI is `<public url>/v1/session/oidc/callback`',
  },
  oidcClientSecret: {
    variable: 'LATCHKEY_OIDC_CLIENT_SECRET',
    secret: true,
    kind: text('use the client secret that the issuer gave', /^[\x21-\x7e]{1,512}$/),
    fallback: null,
    description: 'The client secret that the issuer gave; unset, a public client (PKCE protects the code in both cases)',
  },
  oidcClientSecretFile: {
    variable: 'LATCHKEY_OIDC_CLIENT_SECRET_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the client secret, in place of `LATCHKEY_OIDC_CLIENT_SECRET`',
  },
  oidcLabel: {
    variable: 'LATCHKEY_OIDC_LABEL',
    kind: text('use 1 to 40 characters', /^[^\p{Cc}\p{Cf}]{1,40}$/u),
    fallback: 'Single sign-on',
    description: 'What the button to sign in so says',
  },
  oidcScopes: {
    variable: 'LATCHKEY_OIDC_SCOPES',
    kind: list('use scopes of OpenID Connect separated by commas, such as openid,email', (item) =>
      /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(item),
    ),
    fallback: ['openid', 'email', 'profile'],
    description: 'What is asked of the issuer; some need another scope, such as `groups`, to tell the groups',
  },
  oidcAllowedEmails: {
    variable: 'LATCHKEY_OIDC_ALLOWED_EMAILS',
    kind: list('use e-mail addresses, or domains such as @example.com, separated by commas', (item) => /^[^@\s,]*@[^@\s,]+$/.test(item)),
    fallback: [],
    description: 'Who may sign in so, by an e-mail address that the issuer has verified; `@example.com` is everybody there',
  },
  oidcAllowedGroups: {
    variable: 'LATCHKEY_OIDC_ALLOWED_GROUPS',
    kind: list('use names of groups separated by commas', (item) => item !== ''),
    fallback: [],
    description: 'Who may sign in so, by a group that the issuer says they are in',
  },
  oidcGroupsClaim: {
    variable: 'LATCHKEY_OIDC_GROUPS_CLAIM',
    kind: text('use the name of a claim, such as groups', /./),
    fallback: 'groups',
    description: 'The claim that names the groups',
  },
  oidcOperatorScopes: {
    variable: 'LATCHKEY_OIDC_OPERATOR_SCOPES',
    kind: list(`use scopes of operators separated by commas, of ${OPERATOR_SCOPES.join(', ')}`, isOperatorScope),
    fallback: null,
    description: 'What those who sign in so may do, such as `*:*` for everything; unset, only read, and the service says so when it starts',
  },
};

/** The pages are at the root of their host. */
function isHost(address: URL): boolean {
  return isPlace(address) && address.pathname === '/';
}

/** An address to which a path can be added. */
function isPlace({ protocol, username, password, search, hash }: URL): boolean {
  return ['http:', 'https:'].includes(protocol) && [username, password, search, hash].every((part) => part === '');
}

function isImage(address: URL, given: string): boolean {
  if (address.protocol === 'data:') return /^data:image\/[a-z+.-]+[;,]/i.test(given);
  if (given.startsWith('/')) return !/^\/[/\\]/.test(given);
  return address.protocol === 'https:' && HOST.test(address.hostname) && address.username === '' && address.password === '';
}

/** In clear on a loopback address alone: for trying it out. */
function isIssuer(address: URL): boolean {
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
  return isPlace(address) && (address.protocol === 'https:' || isLoopback);
}

function isOrigin(item: string): boolean {
  const address = URL.canParse(item) ? new URL(item) : null;
  if (address === null || address.origin !== item) return false;
  return ['http:', 'https:'].includes(address.protocol) && HOST.test(address.hostname);
}

/** A host in which no character means anything to the policy of a page, in which it will stand. */
const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])$/;
