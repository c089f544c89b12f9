/** What browsers are told to let our pages do, and everything else that we answer (ADR 23). */
import type { HeaderFields } from '../exchange/answer.js';

/** How the pages for people present themselves, and who may frame the portal. */
export interface PortalSettings {
  readonly branding: { readonly name: string; readonly logoUrl: string | null; readonly color: string | null } | null;
  /** Origins; empty: nobody. */
  readonly frameAncestors: readonly string[];
}

/** For all that is no page: whatever a browser is made to show of it does nothing, and belongs to no other site. */
export const INERT: HeaderFields = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** For a page. The portal can be framed by the origins that the configuration names, and by no others. */
export function pageHeaders({ branding, frameAncestors }: PortalSettings, { framed }: { readonly framed: boolean }): HeaderFields {
  const ancestors = framed && frameAncestors.length > 0 ? frameAncestors.join(' ') : null;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' data:${logoSource(branding?.logoUrl ?? null)}`,
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors ?? "'none'"}`,
  ].join('; ');
  if (ancestors === null) return { ...INERT, 'content-security-policy': policy };
  // In a page that isolates itself, a frame of another origin must say that it may be there.
  const { 'x-frame-options': _, ...headers } = INERT;
  return { ...headers, 'content-security-policy': policy, 'cross-origin-resource-policy': 'cross-origin' };
}

/** The origin of a logo that is elsewhere. */
function logoSource(logoUrl: string | null): string {
  return logoUrl !== null && logoUrl.startsWith('https:') ? ` ${new URL(logoUrl).origin}` : '';
}
