import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `on-demand.ts` listens. */
    services: string;
  }
}

/** Asks the main process of the test run for a service that its test files share. Rejects with why it could not be started. */
export async function askFor(name: 'browser' | 'packed-library' | 'postgres'): Promise<string> {
  const answer = await fetch(`${inject('services')}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
