/** The files of the pages for people, as the build left them. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Coding } from '../exchange/accepted-coding.js';
import { entityTag } from '../exchange/entity-tag.js';

export interface PageFile {
  readonly contentType: string;
  /** Whether its name changes with its content, so that it can be kept for ever. */
  readonly immutable: boolean;
  /** The content, packed so; packed once. */
  packed(coding: Coding): Promise<PackedFile>;
  /** Codings that are worth it. */
  readonly codings: readonly Coding[];
}

export interface PackedFile {
  readonly bytes: Uint8Array;
  /** Of these very bytes. */
  readonly etag: string;
}

/** By path on the host (`/assets/x.js`), `/index.html` among them. A request can only name what is here: no path reaches the disk. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Reads a folder with an `index.html`; null where there is none. */
export function readPageFiles(folder: string): PageFiles | null {
  const files = new Map<string, PageFile>();
  for (const entry of listOf(folder)) {
    const path = `/${entry.split(sep).join('/')}`;
    const contentType = CONTENT_TYPES[extname(entry)];
    if (contentType !== undefined) files.set(path, pageFile(readFileSync(join(folder, entry)), { path, contentType }));
  }
  return files.has('/index.html') ? files : null;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** What is small, or packed already, gains nothing. */
const PACKED = new Set(['.png', '.ico', '.woff2']);
const PACK_FROM_BYTES = 1_024;

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

function pageFile(content: Buffer, { path, contentType }: { readonly path: string; readonly contentType: string }): PageFile {
  const known = new Map<Coding, Promise<PackedFile>>();
  const isWorthIt = content.length >= PACK_FROM_BYTES && !PACKED.has(extname(path));
  return {
    contentType,
    immutable: path.startsWith('/assets/'),
    codings: isWorthIt ? ['br', 'gzip', 'identity'] : ['identity'],
    packed(coding) {
      const made = known.get(coding) ?? pack(content, coding);
      known.set(coding, made);
      return made;
    },
  };
}

async function pack(content: Buffer, coding: Coding): Promise<PackedFile> {
  const bytes = coding === 'identity' ? content : await PACKERS[coding](content);
  return { bytes, etag: entityTag(bytes) };
}

/** Off the event loop. */
const PACKERS = {
  gzip: async (content: Buffer): Promise<Uint8Array> => promisify(gzip)(content, { level: 9 }),
  // Two levels below the best: nearly as small, in a tenth of the time.
  br: async (content: Buffer): Promise<Uint8Array> =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    }),
};
