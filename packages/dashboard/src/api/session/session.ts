/**
 * The operator who is signed in, and the scopes that the operator holds.
 *
 * api/session/ owns sessions as the pages know them: who is signed in, whether somebody is present, and how a session ends.
 */
import { useSuspenseQuery } from '@tanstack/react-query';
import type { Session } from 'latchkey/client';
import { sessionQuery } from '../calls/queries.js';

/** Who is signed in. Pages inside the shell are shown to nobody else; null only in the moment in which a session ends. */
export function useSession(): Session | null {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether the one who is signed in holds the scope. The service decides; this spares them the attempt. */
export function useMay(scope: string): boolean {
  return useSession()?.scopes.some((held) => covers(held, scope)) ?? false;
}

function covers(held: string, scope: string): boolean {
  const segments = held.split(':');
  const wanted = scope.split(':');
  return segments.length === wanted.length && segments.every((segment, index) => segment === '*' || segment === wanted[index]);
}
