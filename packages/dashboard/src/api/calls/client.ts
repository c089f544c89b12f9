/**
 * The one way to the service: its typed client, which in a browser acts by the session in its cookies.
 *
 * api/calls/ owns the calls of the pages: queries, how often they are repeated, their pages and their spans of time.
 */
import { createClient } from 'latchkey/client';
import { signalSessionEnd } from '../session/session-end.js';

export const api = createClient({ url: location.origin, credentials: 'same-origin', fetch: watchedFetch });

/** Whichever call finds out first that the session is over, tells it to the page. */
async function watchedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await globalThis.fetch(input, init);
  if (response.status === 401 && init?.method !== undefined) signalSessionEnd();
  return response;
}
