import type { ChainReport } from 'latchkey/client';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/calls/client.js';

interface Running {
  readonly since: number;
  /** How many there are to check. Null until it is known. */
  readonly entries: number | null;
  readonly checked: number;
}

/** Entries of one request: about a second of work of the service. */
const STEP = 100_000;

export interface ChainCheckRun {
  readonly running: Running | null;
  readonly report: ChainReport | null;
  readonly failure: unknown;
  readonly check: () => void;
  readonly cancel: () => void;
}

/** Checks the whole log, one request after another, until it is cancelled or the page is left. */
export function useChainCheck(): ChainCheckRun {
  const [running, setRunning] = useState<Running | null>(null);
  const [report, setReport] = useState<ChainReport | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const giving = useRef(new AbortController());
  useEffect(() => () => giving.current.abort(), []);

  const check = async (): Promise<void> => {
    giving.current = new AbortController();
    const { signal } = giving.current;
    const since = Date.now();
    let checked = 0;
    setRunning({ since, entries: null, checked });
    setReport(null);
    setFailure(null);
    try {
      const head = await api.events.head({ signal });
      let report: ChainReport | null = null;
      do {
        setRunning({ since, entries: head?.seq ?? 0, checked });
        report = await api.events.verify({ after: report?.head ?? undefined, limit: STEP }, { signal });
        checked += report.entries;
      } while (report.intact && !report.complete);
      setReport({ ...report, entries: checked });
    } catch (error) {
      if (!signal.aborted) setFailure(error);
    } finally {
      setRunning(null);
    }
  };
  return { running, report, failure, check: () => void check(), cancel: () => giving.current.abort() };
}
