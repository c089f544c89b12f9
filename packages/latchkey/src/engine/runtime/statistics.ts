/** What an engine counts since its start, for metrics. Plain numbers: reading them is free, so is adding. */
import { REFUSAL_CODES } from '../../contract/errors/errors.js';
import type { VerdictCode } from '../../domain/verdict.js';

export interface Statistics {
  readonly verifications: Record<VerdictCode, number>;
  cacheHits: number;
  cacheMisses: number;
  changes: number;
  storeFailures: number;
  limiterFailures: number;
}

export function createStatistics(): Statistics {
  const verifications: Partial<Record<VerdictCode, number>> = { valid: 0 };
  for (const code of REFUSAL_CODES) verifications[code] = 0;
  return {
    verifications: verifications as Record<VerdictCode, number>,
    cacheHits: 0,
    cacheMisses: 0,
    changes: 0,
    storeFailures: 0,
    limiterFailures: 0,
  };
}
