import type { FastifyPluginAsync } from 'fastify';
import { ownerOf } from './callers.js';
import type { NewSnippet, Snippets } from './snippets.js';

const LANGUAGE = { type: 'string', minLength: 1, maxLength: 30 } as const;
const QUERY = { type: 'object', additionalProperties: false, properties: { language: LANGUAGE } } as const;
const NEW_SNIPPET = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'language', 'code'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200 },
    language: LANGUAGE,
    code: { type: 'string', minLength: 1, maxLength: 20_000 },
  },
} as const;

/** A snippet belongs to whoever made it, whether with a JWT or with one of their keys. */
export function snippetRoutes(snippets: Snippets): FastifyPluginAsync {
  return async (api) => {
    api.get<{ Querystring: { language?: string } }>('/snippets', { schema: { querystring: QUERY } }, async (request) => {
      const found = snippets.list(ownerOf(request), request.query.language);
      return { snippets: found, count: found.length };
    });

    api.post<{ Body: NewSnippet }>('/snippets', { schema: { body: NEW_SNIPPET } }, async (request, reply) =>
      reply.code(201).send(snippets.add(ownerOf(request), request.body)),
    );
  };
}
