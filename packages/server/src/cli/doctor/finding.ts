/**
 * What `latchkey doctor` looks at, one file for each part. A check looks and says; it changes nothing.
 */
export interface Finding {
  readonly part: 'configuration' | 'files' | 'database' | 'usage' | 'peppers' | 'limits' | 'clock' | 'service';
  /** `wrong` must be mended; `warning` is probably not meant so. */
  readonly status: 'ok' | 'warning' | 'wrong';
  readonly detail: string;
  /** What to do about it; null where nothing is to be done. */
  readonly mend: string | null;
}

export function ok(part: Finding['part'], detail: string): Finding {
  return { part, status: 'ok', detail, mend: null };
}

export function warning(part: Finding['part'], detail: string, mend: string): Finding {
  return { part, status: 'warning', detail, mend };
}

export function wrong(part: Finding['part'], detail: string, mend: string): Finding {
  return { part, status: 'wrong', detail, mend };
}
