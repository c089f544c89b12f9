/**
 * The dashboard and the portal: which file, or which page, an address outside the API means.
 *
 * http/pages/ owns the pages for people: their files, where they are found, and the policy that browsers hold them to.
 */
import { acceptedCoding } from '../exchange/accepted-coding.js';
import { empty, type Answer, type HeaderFields } from '../exchange/answer.js';
import { isKnownTag } from '../exchange/entity-tag.js';
import type { Exchange } from '../exchange/exchange.js';
import type { PageFile, PageFiles } from './page-files.js';
import { INERT, pageHeaders, type PortalSettings } from './page-policy.js';

export interface Pages {
  /** What is answered at a path outside the API, and under what name it is counted; null where that is nothing of ours. */
  answer(exchange: Exchange, path: string): { readonly route: string; readonly answer: () => Promise<Answer> } | null;
}

/** For an app at which there is nothing to look at, not even that the pages are not installed. */
export const NO_PAGES: Pages = { answer: () => null };

export interface PagesOptions {
  /** Null where the pages are not installed. */
  readonly files: PageFiles | null;
  readonly portal: PortalSettings;
}

/** Paths of the API and of what belongs to it: what is not found there is no page. */
const API = /^\/(?:v1|docs|assets|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;
const PORTAL = /^\/portal(?:\/|$)/;

export function createPages({ files, portal }: PagesOptions): Pages {
  return {
    answer(exchange, path) {
      const { method } = exchange;
      if (method !== 'GET' && method !== 'HEAD') return null;
      const file = path === '/index.html' ? undefined : files?.get(path);
      if (file !== undefined) return { route: '/assets/{file}', answer: async () => fileAnswer(exchange, file, INERT) };
      if (API.test(path) || !isAskedFor(exchange, path)) return null;
      const framed = PORTAL.test(path);
      const index = files?.get('/index.html');
      return {
        route: framed ? '/portal' : '/',
        answer: async () => (index === undefined ? notInstalled() : fileAnswer(exchange, index, pageHeaders(portal, { framed }))),
      };
    },
  };
}

/** A browser that goes to an address asks for HTML; at the two entries whoever comes gets the page. */
function isAskedFor({ headerValues }: Exchange, path: string): boolean {
  return path === '/' || PORTAL.test(path) || headerValues('accept').some((value) => value.toLowerCase().includes('text/html'));
}

async function fileAnswer({ method, headerValues }: Exchange, file: PageFile, protection: HeaderFields): Promise<Answer> {
  const coding = acceptedCoding(headerValues('accept-encoding'), file.codings);
  const { bytes, etag } = await file.packed(coding);
  const headers: HeaderFields = {
    ...protection,
    etag,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(file.codings.length > 1 && { vary: 'accept-encoding' }),
  };
  if (isKnownTag(headerValues('if-none-match'), etag)) return { status: 304, headers: [headers], body: null };
  return {
    status: 200,
    headers: [
      { ...headers, 'content-type': file.contentType, 'content-length': String(bytes.length) },
      coding === 'identity' ? {} : { 'content-encoding': coding },
    ],
    body: method === 'HEAD' ? null : bytes,
  };
}

const NOT_INSTALLED = `This is Latchkey, without its pages for people.

The dashboard and the portal are in a package of their own: npm install @latchkey/dashboard
beside @latchkey/server, and start again. The API works without them.
`;

function notInstalled(): Answer {
  return { ...empty(200, { 'content-type': 'text/plain; charset=utf-8' }), body: NOT_INSTALLED };
}
