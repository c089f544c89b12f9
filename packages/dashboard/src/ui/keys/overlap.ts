/** How many of a key's secrets the service tells of: the latest. */
export const SECRETS_TOLD = 10;

/** Whether a secret that is no longer the current one is still accepted. */
export function isOverlapping({ validUntil }: { readonly validUntil: string | null }, now: number): boolean {
  return validUntil !== null && new Date(validUntil).getTime() > now;
}
