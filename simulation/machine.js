// @ts-check
/**
 * One machine: its clocks, which run at a rate of their own, are set, or stand still while it sleeps, and what it is doing,
 * which stops while it is paused and is never heard of again when it is dead.
 *
 * @typedef {import('./world.js').World} World
 * @typedef {{ rate: number, wallStart: number }} Clocks
 */

/**
 * @param {World} world
 * @param {Clocks} clocks
 */
export function createMachine(world, { rate, wallStart }) {
  const startedAt = world.now;
  let wallOffset = 0;
  let asleepMs = 0;
  let dead = false;
  let pausedUntil = 0;

  const elapsed = () => (world.now - startedAt) * rate;
  const monotonicMs = () => elapsed() - asleepMs;

  /**
   * Runs what the machine is to do now, or when it goes on, if it ever does.
   *
   * @param {() => unknown} run
   */
  function wake(run) {
    if (dead) return undefined;
    if (world.now < pausedUntil) {
      world.after(pausedUntil - world.now, () => wake(run));
      return undefined;
    }
    return run();
  }

  return {
    wake,
    get alive() {
      return !dead;
    },
    get paused() {
      return world.now < pausedUntil;
    },
    kill() {
      dead = true;
    },
    /** As SIGSTOP does: the clocks go on. @param {number} ms */
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, world.now + ms);
    },
    /** As a suspended machine does: the monotonic clock stands still, the wall clock is right afterwards. @param {number} ms */
    sleep(ms) {
      pausedUntil = Math.max(pausedUntil, world.now + ms);
      asleepMs += ms * rate;
    },
    /** @param {number} ms */
    stepWallClock(ms) {
      wallOffset += ms;
    },
    /** @type {import('../packages/latchkey/dist/ports/clock.js').Clock} */
    clock: {
      now: () => Math.floor(wallStart + elapsed() + wallOffset),
      monotonicMs,
      schedule(afterMs, task) {
        const cancel = world.after(afterMs / rate, () => wake(task));
        return cancel;
      },
    },
  };
}

/** @typedef {ReturnType<typeof createMachine>} Machine */
