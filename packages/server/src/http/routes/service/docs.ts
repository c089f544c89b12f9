import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ASSETS } from '../../../own-package.js';
import { openEndpoint, type Endpoint } from '../../endpoints/endpoint.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import type { Answer, HeaderFields } from '../../exchange/answer.js';
import { INERT } from '../../pages/page-policy.js';

/** Everything comes from the service itself. The viewer's style sheet holds its icons as `data:` URLs. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
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
<link rel="stylesheet" href="docs/viewer.css">
</head>
<body>
<noscript>This page needs JavaScript. The description itself is at <a href="openapi.json">openapi.json</a>.</noscript>
<div id="reference"></div>
<script src="docs/viewer.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** No validator: it would send the description to another origin. Credentials are kept in memory only. */
const START = `SwaggerUIBundle(${JSON.stringify({
  url: 'openapi.json',
  dom_id: '#reference',
  validatorUrl: 'none',
  persistAuthorization: false,
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
})});
`;

/** The OpenAPI document, and the page that shows it. */
export interface DocsEndpoints {
  readonly openapi: readonly Endpoint[];
  readonly docs: readonly Endpoint[];
}

/** `describe` gives the OpenAPI document; it is asked for once. */
export function createDocsEndpoints(describe: () => unknown): DocsEndpoints {
  let description: string | null = null;
  const readScript = createPackedReader('viewer.js.gz', 'text/javascript; charset=utf-8');
  const readStyle = createPackedReader('viewer.css.gz', 'text/css; charset=utf-8');
  const openapi = [
    openEndpoint(
      {
        ...page('/openapi.json', 'getDescription', 'This API, as OpenAPI 3.1'),
        answers: taggedAnswers('OpenAPI 3.1', { type: 'object' }),
      },
      async () => asset('application/json', (description ??= JSON.stringify(describe()))),
    ),
  ];
  const docs = [
    openEndpoint(page('/docs', 'getDocs', 'This API, as a page to read'), async () =>
      asset('text/html; charset=utf-8', PAGE, { ...INERT, 'content-security-policy': PAGE_POLICY }),
    ),
    openEndpoint(page('/docs/start.js', 'getDocsStart', 'Starts the page'), async () => asset('text/javascript; charset=utf-8', START)),
    openEndpoint(page('/docs/viewer.js', 'getDocsViewer', 'The viewer of the page'), async (_services, { headerValues }) =>
      readScript(acceptsGzip(headerValues)),
    ),
    openEndpoint(page('/docs/viewer.css', 'getDocsStyle', 'The style sheet of the viewer'), async (_services, { headerValues }) =>
      readStyle(acceptsGzip(headerValues)),
    ),
  ];
  return { openapi, docs };
}

function page(path: string, id: string, summary: string) {
  const schema = { type: 'string' };
  const mediaType = path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'text/html';
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

function acceptsGzip(headerValues: (name: string) => readonly string[]): boolean {
  return headerValues('accept-encoding').some((codings) => /\bgzip\b/.test(codings));
}

function createPackedReader(name: string, contentType: string): (gzipped: boolean) => Promise<Answer> {
  let packed: Promise<Buffer> | null = null;
  // Unpacked once for all clients that do not accept gzip: unpacking costs more than keeping.
  let unpacked: Promise<Buffer> | null = null;
  const headers = { 'cache-control': 'public, max-age=3600', vary: 'accept-encoding' };
  return async (gzipped) => {
    packed ??= readFile(join(ASSETS, name));
    const bytes = await packed;
    if (gzipped) return asset(contentType, bytes, { ...headers, 'content-encoding': 'gzip' });
    unpacked ??= promisify(gunzip)(bytes);
    return asset(contentType, await unpacked, headers);
  };
}
