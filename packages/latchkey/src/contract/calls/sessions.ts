/** The calls about signing in: sessions of operators, and the portal of owners. Only a service has them. */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { CallsOf } from '../call.js';
import { choice, described, fields, nullable, nullish, oneOf, optional } from '../shape.js';
import { boundedText, duration, ownerId, portalAllow, texts, time } from '../values.js';

const adminKey = boundedText(BOUNDS.adminKeyLength, {
  description: 'The value of ADMIN_API_KEY.',
  form: { help: 'The value of ADMIN_API_KEY, with which the service was started.' },
});
const operatorToken = boundedText(BOUNDS.tokenLength, {
  description: 'An operator token.',
  form: { label: 'Operator token', help: 'The token of a key of the environment “operator”.' },
});

export const signInInput = oneOf(
  {
    name: 'SignIn',
    example: { adminKey: 'the value of ADMIN_API_KEY' },
    type: '{ readonly adminKey: string } | { readonly token: string }',
  },
  ['adminKey', 'token'],
  { adminKey: optional(adminKey), token: optional(operatorToken) },
);

/** The query with which a browser begins to sign in through an issuer. */
export const startOidcInput = fields(
  {},
  { returnTo: optional(boundedText(BOUNDS.returnPathLength), { description: 'The path of the dashboard to go to afterwards.' }) },
);

const session = fields(
  { name: 'Session', description: "An operator's session. Its token is in a cookie that no script can read." },
  {
    id: v.string(),
    principal: fields(
      {},
      {
        type: choice(['admin', 'operator']),
        id: described(v.string(), { description: '`admin`, the id of the key of an operator token, or `oidc:` and the subject.' }),
        name: v.string(),
      },
    ),
    scopes: described(texts, { description: 'The scopes that it holds at this moment.' }),
    createdAt: time,
    lastSeenAt: time,
    idleExpiresAt: described(time, { description: 'When it ends if there is no further request.' }),
    expiresAt: described(time, { description: 'When it ends in any case.' }),
  },
);

const branding = fields(
  { name: 'Branding', description: 'How the pages present themselves.' },
  {
    name: v.string(),
    logoUrl: nullable(v.string()),
    color: nullable(v.string(), { description: 'As in CSS: `#rrggbb`.' }),
  },
);

const signInMethods = fields(
  { name: 'SignInMethods', description: 'How operators sign in to this service, and how its pages present themselves.' },
  {
    adminKey: v.boolean(),
    operatorToken: described(v.boolean(), { json: { const: true }, type: 'true' }),
    oidc: nullable(fields({}, { label: v.string() })),
    branding: nullable(branding),
  },
);

export const SESSION_CALLS: CallsOf<'sessions'> = {
  methods: {
    id: 'readSignInMethods',
    summary: 'Read how operators sign in here',
    scope: null,
    output: signInMethods,
    gives: 'The methods, and how the pages present themselves',
    effect: 'reads',
  },
  start: {
    id: 'signIn',
    summary: 'Sign in as an operator',
    description:
      'With the admin key or an operator token. The session is in a cookie; it ends after 30 minutes without a request, and after 12 hours.',
    scope: null,
    input: signInInput,
    output: session,
    gives: 'Signed in',
    effect: 'changes',
    problems: [401, 403, 429, 503],
  },
  current: {
    id: 'readSession',
    summary: 'Read who is signed in, and what they may do now',
    scope: null,
    output: session,
    gives: 'The session',
    effect: 'reads',
    problems: [429, 503],
  },
  end: { id: 'signOut', summary: 'Sign out', scope: null, output: v.void(), gives: 'Signed out', effect: 'removes', problems: [503] },
  endAll: {
    id: 'signOutEverywhere',
    summary: 'Sign out everywhere: end every session of this operator',
    scope: null,
    output: v.void(),
    gives: 'Signed out',
    effect: 'removes',
    problems: [503],
  },
};

const allowed = optional(v.boolean());

export const createPortalLinkInput = fields(
  { name: 'CreatePortalLinkInput', example: { ownerId: 'team-7', returnUrl: 'https://app.example.com/settings', expiresIn: '1h' } },
  {
    ownerId,
    returnUrl: nullish(boundedText(BOUNDS.returnUrlLength, {}, 'http://a'.length), {
      description: 'The http or https address that the portal leads back to, without credentials.',
      form: { label: 'Leads back to', help: 'A URL of your application. The portal shows it as a link.' },
    }),
    allow: optional(fields({}, { create: allowed, rotate: allowed, revoke: allowed, rename: allowed, usage: allowed }), {
      description: 'By default everything; if it is given, what is left out is not allowed.',
      form: { label: 'They may' },
    }),
    expiresIn: optional(duration(1, BOUNDS.sessionMs), {
      description: 'How long the session lasts once it is opened: at most 12 hours, by default 1.',
      form: { label: 'The session lasts' },
      example: '1h',
    }),
  },
);

const portalLink = fields(
  { name: 'PortalLink' },
  {
    id: v.string(),
    url: described(v.string(), {
      description: 'Opens the portal once, within ten minutes. It gives access to the keys of the owner: give it to the owner only.',
    }),
    linkExpiresAt: time,
    expiresAt: described(time, { description: 'When the session ends, if it is opened right away.' }),
  },
);

export const openPortalInput = oneOf(
  {
    name: 'OpenPortal',
    example: { link: '…' },
    type: '({ readonly link: string } | { readonly jwt: string }) & { readonly replace?: boolean | undefined }',
  },
  ['link', 'jwt'],
  {
    link: optional(boundedText(BOUNDS.tokenLength, { description: 'What follows `#link=` in the address of the link.' })),
    jwt: optional(boundedText(BOUNDS.jwtLength, { description: 'A JWT of the host application.' })),
    replace: optional(v.boolean(), { description: 'Closes the portal of another owner that is open in this browser; by default false.' }),
  },
);

const portalSession = fields(
  { name: 'PortalSession' },
  {
    ownerId: v.string(),
    ownerName: nullable(v.string()),
    allow: portalAllow,
    returnUrl: nullable(v.string()),
    expiresAt: time,
    branding: nullable(branding),
  },
);

export const PORTAL_CALLS: CallsOf<'portal'> = {
  createLink: {
    id: 'createPortalLink',
    summary: 'Create a link that opens the keys of one owner',
    description: 'Opens the portal once, within ten minutes. The link gives access to the keys of the owner: give it to the owner only.',
    scope: 'portal:write',
    input: createPortalLinkInput,
    output: portalLink,
    gives: 'The link',
    effect: 'changes',
    problems: [404],
  },
  withdrawLink: {
    id: 'withdrawPortalLink',
    summary: 'End a link, and the session that was opened with it',
    scope: 'portal:write',
    output: v.void(),
    gives: 'Withdrawn',
    effect: 'removes',
    problems: [404],
  },
  open: {
    id: 'openPortal',
    summary: 'Open the portal, with a link or a JWT of the host application',
    description:
      'The session is in a cookie. With a JWT it lasts as long as that, and at most 12 hours. If the portal of another owner is open in the same browser, the answer is 409 and the link is not spent, unless `replace` is true.',
    scope: null,
    input: openPortalInput,
    output: portalSession,
    gives: 'Opened',
    effect: 'changes',
    problems: [401, 403, 404, 410, 429, 503],
    conflicts: ['portal_open'],
  },
  current: {
    id: 'readPortalSession',
    summary: 'Read whose portal is open, and what may be done there',
    scope: null,
    output: portalSession,
    gives: 'The session',
    effect: 'reads',
    problems: [503],
  },
  close: {
    id: 'closePortal',
    summary: 'Close the portal',
    scope: null,
    output: v.void(),
    gives: 'Closed',
    effect: 'removes',
    problems: [503],
  },
};
