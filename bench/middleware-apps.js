/** One route in each framework, behind a guard or, where `guard` is null, bare; the answer is the same. */
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { requireApiKey as expressGuard } from 'latchkey/express';
import { apiKeyDecorator, requireApiKey as fastifyGuard } from 'latchkey/fastify';
import { requireApiKey as honoGuard } from 'latchkey/hono';

export const PATH = '/articles';
const ANSWER = { articles: ['On keys', 'On locks'] };

/** `listen` gives the port; `inject` sends one request in process, where the framework can. */
export const APPS = {
  'Express 5': (latchkey) => {
    const app = express();
    const guards = latchkey === null ? [] : [expressGuard(latchkey, { scopes: ['articles:read'] })];
    app.get(PATH, ...guards, (_request, response) => void response.json(ANSWER));
    return { listen: async () => listen(createServer(app)) };
  },
  'Fastify 5': (latchkey) => {
    const app = fastify();
    if (latchkey !== null) app.register(apiKeyDecorator);
    const options = latchkey === null ? {} : { onRequest: fastifyGuard(latchkey, { scopes: ['articles:read'] }) };
    app.get(PATH, options, async () => ANSWER);
    return {
      listen: async () => Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port),
      inject: async (headers) => (await app.inject({ url: PATH, headers })).statusCode,
    };
  },
  'Hono 4': (latchkey) => {
    const app = new Hono();
    const guards = latchkey === null ? [] : [honoGuard(latchkey, { scopes: ['articles:read'] })];
    app.get(PATH, ...guards, (c) => c.json(ANSWER));
    const listener = getRequestListener(app.fetch);
    return {
      listen: async () => listen(createServer((request, response) => void listener(request, response))),
      inject: async (headers) => (await app.fetch(new Request(`http://127.0.0.1${PATH}`, { headers }))).status,
    };
  },
};

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}
