/**
 * Two proofs that users never meet `any`. A compiler writes into the declarations of a package whatever it inferred, so there
 * the word is looked for; and what the types of frameworks make of ours, where the word is theirs, the compiler tells itself.
 */
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyReply } from 'fastify';
import { parseSync } from 'oxc-parser';
import type * as library from 'latchkey';
import type * as client from 'latchkey/client';
import type * as edge from 'latchkey/edge';
import type * as forExpress from 'latchkey/express';
import type * as forFastify from 'latchkey/fastify';
import type * as forFetch from 'latchkey/fetch';
import type * as forHono from 'latchkey/hono';
import type * as internal from 'latchkey/internal';
import type * as jwt from 'latchkey/jwt';
import type * as middleware from 'latchkey/middleware';
import type * as selfService from 'latchkey/self-service';
import type * as testing from 'latchkey/testing';
import type * as server from '@latchkey/server';
import { describe, expect, expectTypeOf, it } from 'vitest';

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url));

/** What each entry exports, and may be seen of it. */
interface Entries {
  latchkey: typeof library;
  'latchkey/client': typeof client;
  'latchkey/edge': typeof edge;
  'latchkey/express': typeof forExpress;
  'latchkey/fastify': typeof forFastify;
  'latchkey/fetch': typeof forFetch;
  'latchkey/hono': typeof forHono;
  'latchkey/internal': typeof internal;
  'latchkey/jwt': typeof jwt;
  'latchkey/middleware': typeof middleware;
  'latchkey/self-service': typeof selfService;
  'latchkey/testing': typeof testing;
  '@latchkey/server': typeof server;
}

const ENTRIES = [
  'latchkey',
  'latchkey/client',
  'latchkey/edge',
  'latchkey/express',
  'latchkey/fastify',
  'latchkey/fetch',
  'latchkey/hono',
  'latchkey/internal',
  'latchkey/jwt',
  'latchkey/middleware',
  'latchkey/self-service',
  'latchkey/testing',
  '@latchkey/server',
] as const;

/** What is any, without the word. */
type Any = ReturnType<typeof JSON.parse>;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** What the platform and frameworks made, and whatever it holds. */
type Foreign =
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | Pick<EventEmitter, 'on' | 'emit'>
  | (AbortSignal | Blob | Date | ReadableStream | RegExp | Request | Response)
  | RequestOf<forExpress.ExpressOptions | forFastify.FastifyOptions | forHono.HonoOptions>
  | FastifyReply
  | Parameters<typeof forFastify.apiKeyDecorator>[0]
  | Parameters<ReturnType<typeof forHono.requireApiKey | typeof forHono.authenticate>>[0];

/** The request as a framework has it: what the functions among a guard's options are given. */
type RequestOf<Options extends middleware.GuardOptions<never>> = Options extends middleware.GuardOptions<infer Native> ? Native : never;

type Plain = string | number | boolean | bigint | symbol | null | undefined;

/** True where, from T on, something is any: in properties, parameters and results, eight steps deep; never otherwise. */
type AnyIn<T, Steps extends readonly unknown[] = []> =
  IsAny<T> extends true
    ? true
    : Steps['length'] extends 8
      ? never
      : T extends Plain
        ? never
        : T extends Promise<infer Value>
          ? AnyIn<Value, Steps>
          : T extends readonly (infer Item)[]
            ? AnyIn<Item, [...Steps, 0]>
            : T extends Foreign
              ? never
              : T extends (...args: infer Args) => infer Result
                ? AnyIn<Args[number], [...Steps, 0]> | AnyIn<Result, [...Steps, 0]>
                : T extends abstract new (...args: infer Args) => infer Instance
                  ? AnyIn<Args[number] | Instance, [...Steps, 0]> | AnyInProperties<Omit<T, 'prototype' | keyof ErrorConstructor>, Steps>
                  : T extends object
                    ? AnyInProperties<T, Steps>
                    : never;

type AnyInProperties<T, Steps extends readonly unknown[]> = { [K in keyof T]-?: AnyIn<T[K], [...Steps, 0]> }[keyof T];

/** Those exports of an entry that have any in them. */
type ExportsWithAny<Entry> = { [Name in keyof Entry]: [AnyIn<Entry[Name]>] extends [never] ? never : Name }[keyof Entry];

/** The declarations of an entry and of all that they import, by path. */
function declarationsOf(entry: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(entry)) return found;
  const text = readFileSync(entry, 'utf8');
  found.set(entry, text);
  for (const [, request = ''] of text.matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g))
    declarationsOf(join(dirname(entry), `${request}.d.ts`), found);
  return found;
}

function countOf(type: string, node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  const own = 'type' in node && node.type === type ? 1 : 0;
  return Object.values(node).reduce((sum: number, child: unknown) => sum + countOf(type, child), own);
}

/** Every entry of both packages, and the path of its declarations. */
function entries(): readonly (readonly [specifier: string, path: string])[] {
  return ['latchkey', 'server'].flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(PACKAGES, folder, 'package.json'), 'utf8')) as {
      name: string;
      exports: Record<string, string>;
    };
    const modules = Object.entries(manifest.exports).filter(([, path]) => path.endsWith('.js'));
    return modules.map(
      ([subpath, path]) => [manifest.name + subpath.slice(1), join(PACKAGES, folder, path.replace(/\.js$/, '.d.ts'))] as const,
    );
  });
}

describe('nothing is any', () => {
  it.each(entries())('%s has no any in its declarations, nor in those that they import', (_specifier, path) => {
    const declarations = declarationsOf(path);
    const anys = [...declarations].filter(([file, text]) => countOf('TSAnyKeyword', parseSync(file, text).program) > 0);
    expect(anys.map(([file]) => file)).toEqual([]);
  });

  it('the reading of declarations follows imports, and finds the word where it is a type', () => {
    const files = [...declarationsOf(join(PACKAGES, 'latchkey/dist/index.d.ts')).keys()].map((file) => file.slice(PACKAGES.length + 1));
    for (const file of ['engine/api/index', 'contract/types/usage', 'ports/verifier', 'domain/names', 'domain/errors']) {
      expect(files).toContain(`latchkey/dist/${file}.d.ts`);
    }
    const count = (text: string): number => countOf('TSAnyKeyword', parseSync('a.d.ts', text).program);
    expect(count('/** any */ export declare const any: { any: string };')).toBe(0);
    expect(count('export declare const f: (a: Promise<any>) => Record<string, any[]>;')).toBe(2);
  });

  it('the walk of the types finds any in properties, parameters, results, items, promises and classes', () => {
    expectTypeOf<AnyIn<{ readonly a?: (b: { c: Any[] }) => void }>>().toEqualTypeOf<true>();
    expectTypeOf<AnyIn<{ a(b: string): Promise<readonly { c: Any }[]> }>>().toEqualTypeOf<true>();
    expectTypeOf<AnyIn<new (a: Any) => object>>().toEqualTypeOf<true>();
    expectTypeOf<AnyIn<new () => { a: Any }>>().toEqualTypeOf<true>();
    expectTypeOf<AnyIn<library.Latchkey & { usage: { read(query: { key: Any }): void } }>>().toEqualTypeOf<true>();
    expectTypeOf<ExportsWithAny<{ a: library.Latchkey; b: () => Any }>>().toEqualTypeOf<'b'>();
  });

  it('no export of any entry is, holds, takes or gives any', () => {
    expectTypeOf<{ [Name in keyof Entries]: ExportsWithAny<Entries[Name]> }[keyof Entries]>().toBeNever();
    expectTypeOf<keyof Entries>().toEqualTypeOf<(typeof ENTRIES)[number]>();
    expect(entries().map(([specifier]) => specifier)).toEqual(ENTRIES);
  });
});
