/** The settings of the pages for people: where they are, how they look, and how operators sign in to them. */
import { OPERATOR_SCOPES } from 'latchkey';
import { isOperatorScope } from 'latchkey/internal';
import { text, type SettingRows } from 'latchkey/internal';
import { listOf, url } from './kinds.js';

export const PAGE_SETTINGS = {
  publicUrl: {
    kind: url('use the http or https address at which users reach the service, without a path, such as https://keys.example.com', isHost),
    fallback: null,
    description: 'The address at which users reach the service, for links to the portal; unset, the address of each request',
  },
  portalName: {
    kind: text('use 1 to 60 characters', { accepts: /^[^\p{Cc}\p{Cf}]{1,60}$/u }),
    fallback: null,
    description: 'The name that the portal and the sign-in page show in place of Latchkey',
  },
  portalLogoUrl: {
    kind: url('use an https address of an image, a data: URL of one, or a path of this service', isImage),
    fallback: null,
    description: 'The logo of the portal and the sign-in page: an https address, a `data:` URL of an image, or a path of this service',
  },
  portalColor: {
    kind: text('use a colour such as #336699', { accepts: /^#[0-9a-f]{6}$/i, noun: 'colour', placeholder: '<#rrggbb>' }),
    fallback: null,
    description: 'The colour of buttons and links in the portal and on the sign-in page, as `#rrggbb`',
  },
  portalFrameAncestors: {
    kind: listOf('use origins separated by commas, such as https://app.example.com', isOrigin),
    fallback: [],
    description: 'Origins whose pages may show the portal in a frame; unset, none',
  },
  oidcIssuer: {
    kind: url('use the https address of an OpenID Connect issuer', isIssuer),
    fallback: null,
    description: 'Lets operators sign in to the dashboard through this OpenID Connect issuer; needs `LATCHKEY_PUBLIC_URL`',
  },
  oidcClientId: {
    kind: text('use the client id that the issuer gave', { accepts: /^[\x21-\x7e]{1,256}$/ }),
    fallback: null,
    description: 'The client id that the issuer gave',
    details: 'Its redirect URI is `<public url>/v1/session/oidc/callback`.',
  },
  oidcClientSecret: {
    secret: 'value',
    file: 'the client secret',
    kind: text('use the client secret that the issuer gave', { accepts: /^[\x21-\x7e]{1,512}$/ }),
    fallback: null,
    description: 'The client secret that the issuer gave; unset, a public client',
    details: 'PKCE protects the code in both cases.',
  },
  oidcLabel: {
    kind: text('use 1 to 40 characters', { accepts: /^[^\p{Cc}\p{Cf}]{1,40}$/u }),
    fallback: 'Single sign-on',
    description: 'The label of the button that signs operators in through the issuer',
  },
  oidcScopes: {
    kind: listOf('use scopes of OpenID Connect separated by commas, such as openid,email', (item) =>
      /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(item),
    ),
    fallback: ['openid', 'email', 'profile'],
    description: 'The scopes that Latchkey asks the issuer for',
    details: 'Some issuers tell the groups only for a further scope, such as `groups`.',
  },
  oidcAllowedEmails: {
    kind: listOf('use e-mail addresses, or domains such as @example.com, separated by commas', (item) => /^[^@\s,]*@[^@\s,]+$/.test(item)),
    fallback: [],
    description: 'Who may sign in through the issuer, by a verified e-mail address; `@example.com` is everybody of that domain',
  },
  oidcAllowedGroups: {
    kind: listOf('use names of groups separated by commas', (item) => item !== ''),
    fallback: [],
    description: 'Who may sign in through the issuer, by a group that it names',
  },
  oidcGroupsClaim: {
    kind: text('use the name of a claim, such as groups', { accepts: /./ }),
    fallback: 'groups',
    description: 'The claim that names the groups of an operator',
  },
  oidcOperatorScopes: {
    kind: listOf(`use scopes of operators separated by commas, of ${OPERATOR_SCOPES.join(', ')}`, isOperatorScope),
    fallback: null,
    description: 'The scopes of operators who sign in through the issuer, such as `*:*` for all; unset, `*:read`',
    details: 'The service warns at its start when they are unset.',
  },
} satisfies SettingRows;

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
