import { type Pepper } from 'latchkey';
import { pepperCheck, type SqliteInspection } from 'latchkey/internal';
import { ok, wrong, type Finding } from './finding.js';

/** Beyond, the inspection of a database counts no further. */
const COUNTED_MAX = 1_000;

export function checkPeppers(configured: readonly Pepper[], { peppers }: Pick<SqliteInspection, 'peppers'>): readonly Finding[] {
  const findings = peppers.flatMap(({ id, check, secrets }) => {
    const pepper = configured.find((candidate) => candidate.id === id);
    if (pepper === undefined) {
      if (secrets === 0) return [];
      return [
        wrong(
          'peppers',
          `${secrets < COUNTED_MAX ? '' : 'At least '}${secrets} secrets are stored under the pepper "${id}", which is not configured.`,
          `Add ${id} to LATCHKEY_PEPPERS, after the newest.`,
        ),
      ];
    }
    if (pepperCheck(pepper.secret) === check) return [];
    return [
      wrong(
        'peppers',
        `The pepper "${id}" is not the one that the database was made with.`,
        'Use the former value, or give the new one another id.',
      ),
    ];
  });
  if (findings.length > 0) return findings;
  return [
    ok('peppers', configured.length === 0 ? 'None is configured, and none is needed.' : 'They are those that the database was made with.'),
  ];
}
