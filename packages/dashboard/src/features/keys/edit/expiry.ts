/** An expiry while it is being chosen, and the part of it that is sent. */
import type { CreateKeyInput } from 'latchkey/client';

export type ExpiryChoice = 'keep' | '7d' | '30d' | '60d' | '90d' | '1y' | 'date' | 'never';

export interface Expiry {
  readonly expiry: ExpiryChoice;
  /** As the browser's field gives it: a local time without a zone. */
  readonly expiryDate: string;
}

/** Returns the expiry as a call takes it. */
export function expiryOf({ expiry, expiryDate }: Expiry): Pick<CreateKeyInput, 'expiresAt' | 'expiresIn'> {
  if (expiry === 'keep') return {};
  if (expiry === 'never') return { expiresAt: null };
  if (expiry !== 'date') return { expiresIn: expiry };
  // The service refuses a text that is no date. The key must not become one that never expires.
  const date = new Date(expiryDate);
  return { expiresAt: Number.isNaN(date.getTime()) ? expiryDate : date.toISOString() };
}
