import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from '@hono/zod-openapi';
import type { Answer, HeaderFields } from '../answer.js';
import { openEndpoint, type Endpoint } from '../endpoint.js';
import { INERT } from '../pages/page-policy.js';

/** Put there by the build (copy-assets.js); the same place from the sources and from what is built of them. */
const VIEWER = new URL('../../../dist/assets/api-reference.js.gz', import.meta.url);

/**
 * Scripts from here alone. The viewer writes its styles into the page, so these may be inline; it can load nothing
 * from elsewhere and send nothing anywhere.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latchkey API</title>
</head>
<body>
<noscript>This page needs JavaScript. The description itself is at <a href="openapi.json">openapi.json</a>.</noscript>
<div id="reference"></div>
<script src="docs/viewer.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** Fonts, proxy, telemetry and the assistant of the viewer would each call another origin. */
const START = `Scalar.createApiReference('#reference', ${JSON.stringify({
  url: 'openapi.json',
  withDefaultFonts: false,
  proxyUrl: '',
  telemetry: false,
  agent: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  documentDownloadType: 'direct',
})});
`;

/** `describe` gives the OpenAPI document; it is asked for once. */
export function createDocsEndpoints(describe: () => unknown): readonly Endpoint[] {
  let description: string | null = null;
  const readViewer = createViewerReader();
  return [
    openEndpoint(
      {
        ...page('/openapi.json', 'getDescription', 'This API, as OpenAPI 3.1'),
        answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
      },
      async () => asset('application/json', (description ??= JSON.stringify(describe()))),
    ),
    openEndpoint(page('/docs', 'getDocs', 'This API, as a page to read'), async () =>
      asset('text/html; charset=utf-8', PAGE, { ...INERT, 'content-security-policy': PAGE_POLICY }),
    ),
    openEndpoint(page('/docs/start.js', 'getDocsStart', 'Starts the page'), async () => asset('text/javascript; charset=utf-8', START)),
    openEndpoint(page('/docs/viewer.js', 'getDocsViewer', 'The viewer of the page'), async (_services, { headerValues }) =>
      readViewer(headerValues('accept-encoding').some((codings) => /\bgzip\b/.test(codings))),
    ),
  ];
}

function page(path: string, id: string, summary: string) {
  const schema = z.string();
  const mediaType = path.endsWith('.js') ? 'text/javascript' : 'text/html';
  return {
    method: 'get',
    path,
    id,
    tag: 'Documentation',
    summary,
    scope: null,
    answers: { 200: { description: summary, schema, mediaType } },
  } as const;
}

function asset(contentType: string, body: string | Uint8Array, headers: HeaderFields = {}): Answer {
  return { status: 200, headers: [{ 'content-type': contentType, 'cache-control': 'no-cache', ...headers }], body };
}

function createViewerReader(): (gzipped: boolean) => Promise<Answer> {
  let packed: Promise<Buffer> | null = null;
  // Once, for all who do not take it packed: unpacking costs more than keeping.
  let unpacked: Promise<Buffer> | null = null;
  const headers = { 'cache-control': 'public, max-age=3600', vary: 'accept-encoding' };
  return async (gzipped) => {
    packed ??= readFile(VIEWER);
    const bytes = await packed;
    if (gzipped) return asset('text/javascript; charset=utf-8', bytes, { ...headers, 'content-encoding': 'gzip' });
    unpacked ??= promisify(gunzip)(bytes);
    return asset('text/javascript; charset=utf-8', await unpacked, headers);
  };
}
