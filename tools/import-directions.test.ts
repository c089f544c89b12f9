import { describe, expect, it } from 'vitest';
import { findViolations } from './import-directions.js';

const LIBRARY = 'packages/latchkey/src/';
const SERVER = 'packages/server/src/';
const EXAMPLE = 'examples/news-api/src/';
const LIBRARY_TESTS = 'packages/latchkey/test/';
const SERVER_TESTS = 'packages/server/test/';
const DASHBOARD = 'packages/dashboard/src/';
const DASHBOARD_TESTS = 'packages/dashboard/test/';

/** Sources that hold to every rule, among which each case plants one breach. */
const SOUND: Readonly<Record<string, string>> = {
  [`${LIBRARY}domain/key.ts`]: 'export interface Key { readonly id: string }\nexport const MAX_KEYS = 1;',
  [`${LIBRARY}domain/digest.ts`]: "import { createHash } from 'node:crypto';",
  [`${LIBRARY}ports/clock.ts`]: "import type { Key } from '../domain/key.js';\nexport interface Clock { of(key: Key): number }",
  [`${LIBRARY}engine/api/index.ts`]: "import type { Key } from '../../domain/key.js';\nexport interface Latchkey { key: Key }",
  [`${LIBRARY}engine/cache/find.ts`]: "import type { Clock } from '../../ports/clock.js';",
  [`${LIBRARY}engine/keys/create-key.ts`]: "import { find } from '../cache/find.js';",
  [`${LIBRARY}engine/engine.ts`]: "import { MAX_KEYS } from '../domain/key.js';\nimport type { Clock } from '../ports/clock.js';",
  [`${LIBRARY}stores/sql/keys.ts`]: "import { Kysely } from 'kysely';\nimport { MAX_KEYS } from '../../domain/key.js';",
  [`${LIBRARY}stores/sqlite/open.ts`]: "import { readKeys } from '../sql/keys.js';\nawait import('@photostructure/sqlite');",
  [`${LIBRARY}stores/sqlite/thread.js`]: "import { createCache } from './cache.js';",
  [`${LIBRARY}stores/sqlite/cache.js`]: 'export const createCache = () => null;',
  [`${LIBRARY}limiters/memory.ts`]: "import type { Clock } from '../ports/clock.js';",
  [`${LIBRARY}edge/headers.ts`]: "import { MAX_KEYS } from '../domain/key.js';",
  [`${LIBRARY}middleware/guard.ts`]:
    "import { MAX_KEYS } from '../domain/key.js';\nimport { headers } from '../edge/headers.js';\nimport type { Clock } from '../ports/clock.js';",
  [`${LIBRARY}jwt/index.ts`]: "import { jwtVerify } from 'jose';",
  [`${LIBRARY}self-service/index.ts`]: "import type { Latchkey } from '../engine/api/index.js';",
  [`${LIBRARY}middleware/express.ts`]: "import type { Request } from 'express';\nimport { guard } from './guard.js';",
  [`${LIBRARY}client/client.ts`]: "import type { Latchkey } from '../engine/api/index.js';\nimport { MAX_KEYS } from '../domain/key.js';",
  [`${LIBRARY}testing/suite.ts`]: "import assert from 'node:assert/strict';\nimport type { Clock } from '../ports/clock.js';",
  [`${LIBRARY}create-latchkey.ts`]: "import { engine } from './engine/engine.js';\nimport('./stores/sqlite/open.js');",
  [`${SERVER}compose.ts`]: "import { createLatchkey } from 'latchkey';\nimport { createApp } from './http/app.js';",
  [`${SERVER}http/app.ts`]: "import type { Latchkey } from 'latchkey';\nimport { Hono } from 'hono';",
  [`${SERVER}http/exchange/answer.ts`]: "import { scrub } from '../../telemetry/scrub.js';",
  [`${SERVER}http/authentication/session.ts`]: "import type { Answer } from '../exchange/answer.js';",
  [`${SERVER}http/endpoints/endpoint.ts`]: "import { find } from '../authentication/session.js';",
  [`${SERVER}http/routes/management/keys.ts`]: "import { endpoint } from '../../endpoints/endpoint.js';",
  [`${SERVER}http/serving/listen.ts`]: "import { createServer } from 'node:http';\nimport { keys } from '../routes/management/keys.js';",
  [`${SERVER}telemetry/scrub.ts`]: 'export const scrub = 1;',
  [`${SERVER}cli/commands/keys.ts`]: "import { createClient } from 'latchkey/client';",
  [`${EXAMPLE}main.ts`]: "import { createLatchkey } from 'latchkey';\nimport { createApp } from './app.js';",
  [`${EXAMPLE}app.ts`]: "import express from 'express';\nimport { requireApiKey } from 'latchkey/express';",
  [`${LIBRARY_TESTS}middleware/request-suite.ts`]: "import { createLatchkey } from 'latchkey';\nimport { it } from 'vitest';",
  [`${LIBRARY_TESTS}engine/harness.ts`]: "import { engine } from '../../src/engine/engine.js';\nimport { createServer } from 'node:http';",
  [`${SERVER_TESTS}client/client.test.ts`]:
    "import { app } from '../../src/http/app.js';\nimport '../../../latchkey/test/middleware/request-suite.js';",
  [`${DASHBOARD}ui/layout/page.tsx`]: "import { useEffect } from 'react';\nimport classes from './page.module.css';",
  [`${DASHBOARD}ui/layout/page.module.css`]: '.page { color: red; }',
  [`${DASHBOARD}ui/dialogs/dialog.tsx`]: 'export const Dialog = () => null;',
  [`${DASHBOARD}api/client.ts`]: "import { createClient } from 'latchkey/client';",
  [`${DASHBOARD}app/shell.tsx`]: "import { Page } from '../ui/layout/page.js';\nimport { KeysPage } from '../features/keys/keys-page.js';",
  [`${DASHBOARD}features/keys/keys-page.tsx`]: "import { api } from '../../api/client.js';\nimport { EventsTable } from '../log/index.js';",
  [`${DASHBOARD}features/log/index.ts`]: "export { EventsTable } from './events-table.js';",
  [`${DASHBOARD}features/log/events-table.tsx`]: "import { Page } from '../../ui/layout/page.js';",
  [`${DASHBOARD_TESTS}keys.test.ts`]: "import { createClient } from 'latchkey/client';\nimport { Page } from '../src/ui/layout/page.js';",
};

function violationsWith(path: string, line: string): string[] {
  return findViolations(new Map(Object.entries({ ...SOUND, [path]: `${SOUND[path] ?? ''}\n${line}` })));
}

describe('import directions', () => {
  it('finds nothing where every import runs the right way', () => {
    expect(findViolations(new Map(Object.entries(SOUND)))).toEqual([]);
  });

  it.each([
    ['the domain importing a port', `${LIBRARY}domain/key.ts`, "import type { Clock } from '../ports/clock.js';"],
    ['the domain importing a package', `${LIBRARY}domain/key.ts`, "import { sql } from 'kysely';"],
    ['the domain reading files', `${LIBRARY}domain/digest.ts`, "import { readFileSync } from 'node:fs';"],
    ['a port importing the engine', `${LIBRARY}ports/clock.ts`, "import type { Latchkey } from '../engine/api/index.js';"],
    ['the engine importing a store', `${LIBRARY}engine/engine.ts`, "import { readKeys } from '../stores/sql/keys.js';"],
    ['the engine importing a limiter, as a type', `${LIBRARY}engine/engine.ts`, "import { type Memory } from '../limiters/memory.js';"],
    ['the engine importing a store, named in a type', `${LIBRARY}engine/engine.ts`, "type Keys = import('../stores/sql/keys.js').Keys;"],
    ['the engine importing a store when it runs', `${LIBRARY}engine/engine.ts`, "const open = () => import('../stores/sqlite/open.js');"],
    ['a room of the engine importing one above it', `${LIBRARY}engine/cache/find.ts`, "import { create } from '../keys/create-key.js';"],
    ['the engine importing the edge', `${LIBRARY}engine/engine.ts`, "import { headers } from '../edge/headers.js';"],
    ['the engine importing the client', `${LIBRARY}engine/engine.ts`, "export * from '../client/client.js';"],
    ['a store importing the engine', `${LIBRARY}stores/sql/keys.ts`, "import { engine } from '../../engine/engine.js';"],
    ['a shared query importing one database', `${LIBRARY}stores/sql/keys.ts`, "import { open } from '../sqlite/open.js';"],
    ['a limiter importing a store', `${LIBRARY}limiters/memory.ts`, "import { readKeys } from '../stores/sql/keys.js';"],
    ['a thread of a store importing the engine', `${LIBRARY}stores/sqlite/thread.js`, "import { engine } from '../../engine/engine.js';"],
    ['the edge importing a port', `${LIBRARY}edge/headers.ts`, "import type { Clock } from '../ports/clock.js';"],
    ['the middleware importing the engine', `${LIBRARY}middleware/guard.ts`, "import { engine } from '../engine/engine.js';"],
    ['the middleware importing the client', `${LIBRARY}middleware/guard.ts`, "import type { Client } from '../client/client.js';"],
    ['the middleware loading a framework', `${LIBRARY}middleware/express.ts`, "import { Router } from 'express';"],
    ['the middleware naming another framework', `${LIBRARY}middleware/express.ts`, "import type { Hono } from 'hono';"],
    ['the middleware importing a builtin', `${LIBRARY}middleware/guard.ts`, "import type { IncomingMessage } from 'node:http';"],
    ['the middleware loading the verifier of JWTs', `${LIBRARY}middleware/guard.ts`, "import { jwt } from '../jwt/index.js';"],
    ['the verifier of JWTs importing a builtin', `${LIBRARY}jwt/index.ts`, "import { sign } from 'node:crypto';"],
    ['self-service importing a value of the engine', `${LIBRARY}self-service/index.ts`, "import { MAX_KEYS } from '../engine/engine.js';"],
    ['the engine importing the middleware', `${LIBRARY}engine/engine.ts`, "import { guard } from '../middleware/guard.js';"],
    ['the client importing a value of the engine', `${LIBRARY}client/client.ts`, "import { api } from '../engine/api/index.js';"],
    ['the client importing a builtin', `${LIBRARY}client/client.ts`, "import { request } from 'node:http';"],
    ['the client importing a package', `${LIBRARY}client/client.ts`, "import ky from 'ky';"],
    ['a test kit importing the engine', `${LIBRARY}testing/suite.ts`, "import { engine } from '../engine/engine.js';"],
    ['the library reaching into the service', `${LIBRARY}create-latchkey.ts`, "import { app } from '../../server/src/http/app.js';"],
    [
      'the service reaching past the exports of the library',
      `${SERVER}http/app.ts`,
      "import { k } from '../../../latchkey/src/domain/key.js';",
    ],
    ['a route making an engine', `${SERVER}http/app.ts`, "import { createLatchkey } from 'latchkey';"],
    ['an admin command making an engine', `${SERVER}cli/commands/keys.ts`, "import { createLatchkey } from 'latchkey';"],
    ['an admin command opening the database', `${SERVER}cli/commands/keys.ts`, "import { openSqliteStorage } from 'latchkey';"],
    ['an admin command importing the service', `${SERVER}cli/commands/keys.ts`, "import { app } from '../../http/app.js';"],
    [
      'a room of the service importing one above it',
      `${SERVER}http/exchange/answer.ts`,
      "import { find } from '../authentication/session.js';",
    ],
    [
      'authentication importing what it guards',
      `${SERVER}http/authentication/session.ts`,
      "import type { E } from '../endpoints/endpoint.js';",
    ],
    ['authentication importing the app', `${SERVER}http/authentication/session.ts`, "import { app } from '../app.js';"],
    ['a route importing the socket', `${SERVER}http/routes/management/keys.ts`, "import { serve } from '../../serving/listen.js';"],
    ['a route importing the composition', `${SERVER}http/app.ts`, "import { compose } from '../compose.js';"],
    [
      'an example reaching past the exports of the library',
      `${EXAMPLE}app.ts`,
      "import { k } from '../../../packages/latchkey/src/domain/key.js';",
    ],
    ['an example making an engine elsewhere than where it starts', `${EXAMPLE}app.ts`, "import { createLatchkey } from 'latchkey';"],
    ['a test of the library needing the service', `${LIBRARY_TESTS}engine/harness.ts`, "import '../../../server/src/http/app.js';"],
    ['a test of the library needing the service, by its name', `${LIBRARY_TESTS}engine/harness.ts`, "import '@latchkey/server';"],
    [
      'a test of the service reaching into tests of the library',
      `${SERVER_TESTS}client/client.test.ts`,
      "import '../../../latchkey/test/engine/harness.js';",
    ],
    [
      'a test of the service reaching into the library',
      `${SERVER_TESTS}client/client.test.ts`,
      "import '../../../latchkey/src/domain/key.js';",
    ],
    [
      'the look of the dashboard importing a feature',
      `${DASHBOARD}ui/layout/page.tsx`,
      "import { EventsTable } from '../../features/log/index.js';",
    ],
    ['the look of the dashboard asking the service', `${DASHBOARD}ui/layout/page.tsx`, "import { createClient } from 'latchkey/client';"],
    [
      'a feature reaching past the entry of another',
      `${DASHBOARD}features/keys/keys-page.tsx`,
      "import { EventsTable } from '../log/events-table.js';",
    ],
    ['a room of the looks importing one above it', `${DASHBOARD}ui/layout/page.tsx`, "import { Dialog } from '../dialogs/dialog.js';"],
    ['the calls of the dashboard importing the look', `${DASHBOARD}api/client.ts`, "import { Page } from '../ui/layout/page.js';"],
    ['the calls of the dashboard importing the shell', `${DASHBOARD}api/client.ts`, "import { Shell } from '../app/shell.js';"],
    ['a feature importing the shell', `${DASHBOARD}features/keys/keys-page.tsx`, "import { Shell } from '../../app/shell.js';"],
    ['the dashboard importing the engine', `${DASHBOARD}api/client.ts`, "import { createLatchkey } from 'latchkey';"],
    ['a test of the dashboard needing the service in process', `${DASHBOARD_TESTS}keys.test.ts`, "import '@latchkey/server';"],
    ['the dashboard importing a builtin', `${DASHBOARD}api/client.ts`, "import { readFile } from 'node:fs/promises';"],
  ])('refuses %s', (_, path, line) => {
    const violations = violationsWith(path, line).filter((violation) => violation.startsWith(`${path}: `));
    expect(violations).toEqual([expect.stringMatching(/: may (?:not|import of)/)]);
  });

  it.each([
    ['a file in a folder without a rule', `${LIBRARY}extras/odd.ts`, "import { MAX_KEYS } from '../domain/key.js';", 'no rule says'],
    ['an import of a file that is not there', `${LIBRARY}domain/key.ts`, "import { gone } from './gone.js';", 'does not exist'],
  ])('refuses %s', (_, path, line, reason) => {
    expect(violationsWith(path, line)).toEqual([expect.stringContaining(reason)]);
  });

  it('refuses a circle, even one of types alone', () => {
    const other = `${LIBRARY}domain/limit.ts`;
    const sources = new Map(Object.entries({ ...SOUND, [other]: "import type { Key } from './key.js';" }));
    sources.set(`${LIBRARY}domain/key.ts`, "import type { Limit } from './limit.js';");
    expect(findViolations(sources)).toEqual([expect.stringContaining(`${LIBRARY}domain/key.ts -> ${other} -> ${LIBRARY}domain/key.ts`)]);
  });

  it('refuses a way from the client and the middleware to a builtin through the domain', () => {
    const violations = violationsWith(`${LIBRARY}domain/key.ts`, "import { inspect } from 'node:util';");
    expect(violations).toEqual([
      `${LIBRARY}domain/key.ts: is loaded by the client, and so may not import the builtin node:util.`,
      `${LIBRARY}domain/key.ts: is loaded by the middleware, and so may not import the builtin node:util.`,
    ]);
  });
});
