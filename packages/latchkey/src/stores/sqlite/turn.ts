/** Resolves when the event loop has been round: other work gets its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
