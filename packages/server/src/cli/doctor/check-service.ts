import { isLatchkeyError, type Client } from 'latchkey/client';
import { ok, warning, wrong, type Finding } from './finding.js';

export interface ServiceAddress {
  readonly url: string;
  /** Whether somebody said so, rather than a default. */
  readonly given: boolean;
  /** With the credentials at hand; null where there are none. */
  readonly client: Client | null;
}

export async function checkService({ url, given, client }: ServiceAddress): Promise<readonly Finding[]> {
  const status = await askReady(url);
  if (status === null) {
    const say = given ? wrong : warning;
    return [say('service', `No service answers at ${url}.`, 'Start it with "latchkey serve", or set LATCHKEY_URL to where it listens.')];
  }
  if (status !== 200) {
    return [
      wrong(
        'service',
        `The service at ${url} answers that it is not ready (${status}).`,
        'Look into its log; most often its database cannot be written.',
      ),
    ];
  }
  return [ok('service', `The service at ${url} is ready.`), ...(await checkCredentials(client))];
}

async function askReady(url: string): Promise<number | null> {
  try {
    const response = await fetch(`${url.replace(/(?<!\/)\/+$/, '')}/readyz`, { redirect: 'manual', signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

async function checkCredentials(client: Client | null): Promise<readonly Finding[]> {
  if (client === null) return [];
  try {
    await client.keys.list({ limit: 1 });
    return [ok('service', 'It accepts the credentials of this shell.')];
  } catch (error) {
    if (!isLatchkeyError(error)) throw error;
    return [
      wrong('service', `It does not accept the credentials of this shell: ${error.message}`, 'Set LATCHKEY_ADMIN_KEY or LATCHKEY_TOKEN.'),
    ];
  }
}
