import { z } from '@hono/zod-openapi';
import { BOUNDS } from 'latchkey';
import { duration, instant, ownerId, text } from './values.js';

export const signInBody = z
  .union([
    z.strictObject({ adminKey: text(512) }),
    z.strictObject({ token: text(BOUNDS.tokenLength).openapi({ description: 'An operator token.' }) }),
  ])
  .openapi('SignIn', { example: { adminKey: 'the value of ADMIN_API_KEY' } });

export const session = z
  .object({
    id: z.string(),
    principal: z.object({
      type: z.enum(['admin', 'operator']),
      id: z.string().openapi({ description: '`admin`, the id of the key of an operator token, or `oidc:` and the subject.' }),
      name: z.string(),
    }),
    scopes: z.array(z.string()).openapi({ description: 'What it may do at this moment.' }),
    createdAt: instant,
    lastSeenAt: instant,
    idleExpiresAt: instant.openapi({ description: 'When it ends if nothing more is asked.' }),
    expiresAt: instant.openapi({ description: 'When it ends in any case.' }),
  })
  .openapi('Session');

const branding = z
  .object({ name: z.string(), logoUrl: z.string().nullable(), color: z.string().nullable() })
  .openapi('Branding', { description: 'How the pages present themselves.' });

const brandingOrNull = z.union([branding, z.null()]);

export const signInMethods = z
  .object({
    adminKey: z.boolean(),
    operatorToken: z.literal(true),
    oidc: z.object({ label: z.string() }).nullable(),
    branding: brandingOrNull,
  })
  .openapi('SignInMethods');

const allow = z
  .object({ create: z.boolean(), rotate: z.boolean(), revoke: z.boolean(), rename: z.boolean(), usage: z.boolean() })
  .openapi('PortalAllow', { description: 'What an owner may do. To see their own keys is always allowed.' });

const allowed = z.boolean().optional();

export const createPortalLinkBody = z
  .strictObject({
    ownerId,
    returnUrl: text(2000, 'http://a'.length).nullish().openapi({ description: 'An http(s) address that the portal leads back to.' }),
    allow: z
      .strictObject({ create: allowed, rotate: allowed, revoke: allowed, rename: allowed, usage: allowed })
      .optional()
      .openapi({ description: 'By default everything; where it is given, what is left out is not allowed.' }),
    expiresIn: duration(1, BOUNDS.sessionMs)
      .optional()
      .openapi({ description: 'How long the session lasts: at most 12 hours, by default one.', example: '1h' }),
  })
  .openapi('CreatePortalLink', { example: { ownerId: 'team-7', returnUrl: 'https://app.example.com/settings', expiresIn: '1h' } });

export const portalLink = z
  .object({
    id: z.string(),
    url: z.string().openapi({ description: 'Good for one use. Whoever has it is the owner: hand it to nobody else.' }),
    linkExpiresAt: instant,
    expiresAt: instant.openapi({ description: 'When the session ends, if it is opened right away.' }),
  })
  .openapi('PortalLink');

const replace = z
  .boolean()
  .optional()
  .openapi({ description: 'Closes the portal of another owner that is open in this browser; by default false.' });

export const openPortalBody = z
  .union([
    z.strictObject({
      link: text(BOUNDS.tokenLength).openapi({ description: 'What follows `#link=` in the address of the link.' }),
      replace,
    }),
    z.strictObject({ jwt: text(BOUNDS.jwtLength).openapi({ description: 'A JWT of the host application.' }), replace }),
  ])
  .openapi('OpenPortal', { example: { link: '…' } });

export const portalSession = z
  .object({
    ownerId: z.string(),
    ownerName: z.string().nullable(),
    allow,
    returnUrl: z.string().nullable(),
    expiresAt: instant,
    branding: brandingOrNull,
  })
  .openapi('PortalSession');

export const me = z
  .object({
    ownerId: z.string(),
    ownerName: z.string().nullable(),
    allow,
    policy: z.object({
      scopes: z.array(z.string()),
      tiers: z.array(z.string()),
      defaultTier: z.string().nullable(),
      environments: z.array(z.string()),
      maxExpiry: z.string(),
      defaultExpiry: z.string(),
      neverExpires: z.boolean(),
      maxKeys: z.number().int(),
    }),
  })
  .openapi('Me');
