import type { SecretView } from 'latchkey/client';

/** Whether a secret that is no longer the current one is still accepted. */
export function isOverlapping({ validUntil }: SecretView, now: number): boolean {
  return validUntil !== null && new Date(validUntil).getTime() > now;
}
