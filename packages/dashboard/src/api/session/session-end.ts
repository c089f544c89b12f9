import { problemOf } from 'latchkey/client';

/** For a request that ends the session: where there is none any more, nothing failed. */
export async function endedWith(end: Promise<void>): Promise<void> {
  try {
    await end;
  } catch (error) {
    if (problemOf(error)?.code !== 'session_missing') throw error;
  }
}

/** Who is to hear that the service no longer knows the session. */
const listeners = new Set<() => void>();

export function signalSessionEnd(): void {
  for (const listener of listeners) listener();
}

export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
