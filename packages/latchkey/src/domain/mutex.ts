/** Runs tasks one after another, in the order in which they came. */
export interface Mutex {
  /** Runs `task` when those before it have ended; settles as it does. With nobody before it, runs it at once. */
  run<T>(task: () => Promise<T> | T): Promise<T>;
}

export function createMutex(): Mutex {
  const waiting: (() => void)[] = [];
  let held = false;
  return {
    async run(task) {
      if (held) await new Promise<void>((resolve) => waiting.push(resolve));
      held = true;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) held = false;
        else next();
      }
    },
  };
}
