import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** The caller's address. Behind a proxy it is the proxy's: take it from the header that yours sets, and from nobody else's. */
export function addressOf(c: Context): string | undefined {
  return getConnInfo(c).remote.address;
}
