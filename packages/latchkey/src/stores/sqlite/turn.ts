/** Resolves when the event loop has been round: other work gets its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves after about `ms`. What waits so is the driver for another process; nothing is decided by the time. */
export function pause(ms: number): Promise<void> {
  // oxlint-disable-next-line no-restricted-globals -- the clock of the engine is for what the engine decides
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Calls `action` after `ms`, unless the function that it returns was called before. Keeps no process alive. */
export function after(ms: number, action: () => void): () => void {
  // oxlint-disable-next-line no-restricted-globals -- as above: a bound of the work of this process
  const timer = setTimeout(action, ms);
  timer.unref();
  // oxlint-disable-next-line no-restricted-globals -- as above
  return () => clearTimeout(timer);
}
