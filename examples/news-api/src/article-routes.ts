import { Router } from 'express';
import { z } from 'zod';
import type { Articles } from './articles.js';
import { readInput } from './read-input.js';

const FILTER = z.string('Give it once.').min(1, 'Use 1 to 50 characters.').max(50, 'Use 1 to 50 characters.').optional();

const QUERY = z.strictObject({
  category: FILTER,
  source: FILTER,
  limit: z
    .string('Give it once.')
    .regex(/^(?:[1-9]\d?|100)$/, 'Use an integer from 1 to 100.')
    .default('20')
    .transform(Number),
});

export function articleRoutes(articles: Articles): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const found = articles.find(readInput(QUERY, request.query));
    response.json({ articles: found, count: found.length });
  });
  return router;
}
