import { focusManager } from '@tanstack/react-query';

/** Without a key or a pointer for so long, nobody is taken to be there. */
const AWAY_MS = 15 * 60_000;

/**
 * Asks the service only while somebody looks: the window is in sight, and was touched of late. Otherwise a forgotten window
 * would keep its session from ending for lack of use. What went stale meanwhile is asked for when they come back.
 */
export function watchPresence(): void {
  focusManager.setEventListener((setFocused) => {
    let timer: number | undefined;
    const update = (): void => {
      window.clearTimeout(timer);
      const visible = document.visibilityState !== 'hidden';
      setFocused(visible);
      if (visible) timer = window.setTimeout(() => setFocused(false), AWAY_MS);
    };
    const events = ['visibilitychange', 'pointermove', 'pointerdown', 'keydown', 'wheel', 'focus'] as const;
    for (const event of events) window.addEventListener(event, update, { passive: true, capture: true });
    update();
    return () => {
      window.clearTimeout(timer);
      for (const event of events) window.removeEventListener(event, update, { capture: true });
    };
  });
}
