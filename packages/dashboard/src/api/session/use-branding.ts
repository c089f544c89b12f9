import { useQuery } from '@tanstack/react-query';
import type { Branding } from 'latchkey/client';
import { signInMethodsQuery } from '../calls/queries.js';

/** How the pages for whoever is not signed in yet present themselves. Undefined until it is known. */
export function useBranding(): Branding | null | undefined {
  const { data, isError } = useQuery(signInMethodsQuery);
  return isError ? null : data?.branding;
}
