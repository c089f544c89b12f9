/** Each framework that has an adapter, mounted as its users mount it and listening on a socket of its own. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { Verifier } from 'latchkey';
import { requireApiKey as expressGuard } from 'latchkey/express';
import { apiKeyDecorator, requireApiKey as fastifyGuard } from 'latchkey/fastify';
import { withApiKey } from 'latchkey/fetch';
import { requireApiKey as honoGuard, type ApiKeyEnv } from 'latchkey/hono';
import type { ApiKeyAuth } from 'latchkey/middleware';
import type { Framework, Route, RunningFramework } from './routes.js';

export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  'express 5': async (verifier, routes) => listenExpress(express(), verifier, routes),
  'express 4': async (verifier, routes) => listenExpress(express4(), verifier, routes),
  'fastify 5': listenFastify,
  hono: listenHono,
  fetch: listenFetch,
};

/** What a handler says of the request that it was given. */
function echo(auth: ApiKeyAuth | undefined, body: string): Record<string, unknown> {
  const { verdict, degraded } = auth ?? {};
  return { verified: verdict !== null, owner: verdict === null ? null : auth?.key.owner, degraded, body };
}

async function listenExpress(app: express.Express, verifier: Verifier, routes: readonly Route[]): Promise<RunningFramework> {
  for (const { path, layers, handler } of routes) {
    const guards = layers.map((options) => expressGuard(verifier, options));
    app.all(path, ...guards, express.text({ type: '*/*' }), (request, response) => {
      if (handler === 'throw') throw new Error('the handler failed');
      if (handler === 'echo') response.json(echo(request.latchkey, typeof request.body === 'string' ? request.body : ''));
      if (handler === 'raw') response.writeHead(200, { 'x-own': 'yes' }).end('raw');
      if (handler === 'stream') {
        response.write('one ');
        response.end('two');
      }
    });
  }
  return listen(createServer(app));
}

async function listenFastify(verifier: Verifier, routes: readonly Route[]): Promise<RunningFramework> {
  const app = fastify({ exposeHeadRoutes: false });
  await app.register(apiKeyDecorator);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const { path, layers, handler } of routes) {
    const onRequest = layers.map((options) => fastifyGuard(verifier, options));
    app.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: path,
      onRequest,
      handler: async (request, reply) => {
        if (handler === 'throw') throw new Error('the handler failed');
        if (handler === 'stream') return reply.send(ReadableStream.from(chunks()));
        if (handler === 'echo') return echo(request.latchkey, typeof request.body === 'string' ? request.body : '');
        reply.hijack();
        reply.raw.writeHead(200, { 'x-own': 'yes' }).end('raw');
        return reply;
      },
    });
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, close: async () => app.close() };
}

async function listenHono(verifier: Verifier, routes: readonly Route[]): Promise<RunningFramework> {
  const app = new Hono<ApiKeyEnv>();
  for (const { path, layers, handler } of routes) {
    for (const options of layers) app.use(path, honoGuard(verifier, options));
    app.all(path, async (c) => {
      if (handler === 'throw') throw new Error('the handler failed');
      if (handler === 'echo') return c.json(echo(c.get('latchkey'), await c.req.text()));
      if (handler === 'raw') return new Response('raw', { headers: { 'x-own': 'yes' } });
      return stream(c, async (out) => {
        for (const chunk of chunks()) await out.write(chunk);
      });
    });
  }
  app.onError(() => new Response('failed', { status: 500 }));
  return listenFetchHandler(async (request, env) => app.fetch(request, env as object));
}

async function listenFetch(verifier: Verifier, routes: readonly Route[]): Promise<RunningFramework> {
  const handlers = new Map(routes.map((route) => [route.path, fetchHandler(verifier, route)]));
  const handle = async (request: Request): Promise<Response> => {
    const handler = handlers.get(new URL(request.url).pathname);
    return (await handler?.(request)) ?? new Response(null, { status: 404 });
  };
  const errorHandler = (): Response => new Response('failed', { status: 500 });
  return listenFetchHandler(handle, errorHandler);
}

function fetchHandler(verifier: Verifier, { layers, handler }: Route): (request: Request) => Promise<Response> {
  const innermost = async (request: Request, auth: ApiKeyAuth): Promise<Response> => {
    if (handler === 'throw') throw new Error('the handler failed');
    if (handler === 'echo') return Response.json(echo(auth, await request.text()));
    if (handler === 'stream') return new Response(ReadableStream.from(chunks()));
    // As fetch gives it: its headers cannot be changed.
    return Response.redirect('http://127.0.0.1/elsewhere', 307);
  };
  const onError = (): Response => new Response('failed', { status: 500 });
  const last = layers.at(-1) ?? {};
  const inner = withApiKey(verifier, { ...last, onError }, innermost);
  return layers
    .slice(0, -1)
    .reduceRight<(request: Request) => Promise<Response>>(
      (next, options) => withApiKey(verifier, { ...options, onError }, async (request: Request) => next(request)),
      inner,
    );
}

async function listenFetchHandler(
  handle: (request: Request, env: unknown) => Promise<Response>,
  errorHandler?: () => Response,
): Promise<RunningFramework> {
  const listener = getRequestListener(handle, { overrideGlobalObjects: false, ...(errorHandler && { errorHandler }) });
  return listen(createServer((incoming, outgoing) => void listener(incoming, outgoing)));
}

function* chunks(): Generator<Uint8Array> {
  yield Buffer.from('one ');
  yield Buffer.from('two');
}

async function listen(server: Server): Promise<RunningFramework> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
