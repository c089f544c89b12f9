import { isLatchkeyError } from 'latchkey/client';

/** A key that the service refused to change, and why. */
export interface Refusal {
  readonly id: string;
  readonly reason: string;
}

/** Returns the keys that a failure names. One of them is enough for the service to change no key. */
export function refusalsIn(error: unknown): readonly Refusal[] {
  if (!isLatchkeyError(error)) return [];
  const messages = error.code === 'invalid_input' ? error.issues.map(({ message }) => message) : [error.message];
  return messages.flatMap((message) => {
    const { id, reason } = /^(?<id>key_[0-9A-Za-z]+): (?<reason>.+)$/su.exec(message)?.groups ?? {};
    return id === undefined || reason === undefined ? [] : [{ id, reason }];
  });
}
