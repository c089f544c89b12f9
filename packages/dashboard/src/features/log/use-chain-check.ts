import type { ChainReport } from 'latchkey/client';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../app/api/client.js';

interface Running {
  readonly since: number;
  /** How many there are to check. Null until it is known. */
  readonly entries: number | null;
}

export interface ChainCheck {
  readonly running: Running | null;
  readonly report: ChainReport | null;
  readonly failure: unknown;
  readonly check: () => void;
  readonly cancel: () => void;
}

/** The check of the whole log takes as long as the log is: it is waited for until it is cancelled, or the page is left. */
export function useChainCheck(): ChainCheck {
  const [running, setRunning] = useState<Running | null>(null);
  const [report, setReport] = useState<ChainReport | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const giving = useRef(new AbortController());
  useEffect(() => () => giving.current.abort(), []);

  const check = async (): Promise<void> => {
    giving.current = new AbortController();
    const { signal } = giving.current;
    const since = Date.now();
    setRunning({ since, entries: null });
    setReport(null);
    setFailure(null);
    try {
      const head = await api.events.head({ signal });
      setRunning({ since, entries: head?.seq ?? 0 });
      setReport(await api.events.verify(undefined, { signal }));
    } catch (error) {
      if (!signal.aborted) setFailure(error);
    } finally {
      setRunning(null);
    }
  };
  return { running, report, failure, check: () => void check(), cancel: () => giving.current.abort() };
}
