import { useBlocker } from '@tanstack/react-router';

/** As long as it is there, the way back and forth through the history asks first: a token that was not stored would be lost. */
export function StayWhileShown() {
  useBlocker({
    shouldBlockFn: ({ action }) =>
      (action === 'BACK' || action === 'FORWARD' || action === 'GO') &&
      !window.confirm('The token is shown once, and would be lost. Leave all the same?'),
    enableBeforeUnload: false,
  });
  return null;
}
