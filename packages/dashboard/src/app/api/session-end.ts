/** Who is to hear that the service no longer knows the session. */
const listeners = new Set<() => void>();

export function signalSessionEnd(): void {
  for (const listener of listeners) listener();
}

export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
