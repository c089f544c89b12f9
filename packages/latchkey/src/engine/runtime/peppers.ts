/** Peppers at start: a wrong or a missing one is refused then, not as "every key is unknown" later. */
import { pepperCheck } from '../../domain/credential-digest.js';
import { ConfigurationError } from '../../domain/errors.js';
import type { KeyStore } from '../../ports/key-store.js';
import type { Pepper } from '../../contract/settings/setting-shapes.js';

/** Rejects with a ConfigurationError that lists every problem; notes the peppers that are new. */
export async function reconcilePeppers(keys: KeyStore, peppers: readonly Pepper[], now: number): Promise<void> {
  await keys.change(async (change) => {
    const problems: string[] = [];
    const stored = await change.peppers.list(now);
    for (const { id, check, secrets } of stored) {
      const configured = peppers.find((pepper) => pepper.id === id);
      if (configured === undefined) {
        if (secrets > 0)
          problems.push(`peppers: at least ${secrets} secrets are stored under "${id}", which is not configured. Add it after the newest.`);
      } else if (pepperCheck(configured.secret) !== check) {
        problems.push(
          `peppers: "${id}" is not the one that this database was made with. Use the former value, or give the new one another id.`,
        );
      }
    }
    if (problems.length > 0) throw new ConfigurationError(problems);
    for (const { id, secret } of peppers) {
      if (!stored.some((pepper) => pepper.id === id)) await change.peppers.insert({ id, check: pepperCheck(secret) });
    }
  });
}
