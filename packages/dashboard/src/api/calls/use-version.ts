import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { isLatchkeyError } from 'latchkey/client';
import { useState } from 'react';

interface Versioned {
  readonly version: number;
}

/** Holds a record as it was when a form opened, and makes changes to this version only. */
export function useVersion<Item extends Versioned>(latest: Item, queryKey: QueryKey) {
  const queryClient = useQueryClient();
  const [before, setBefore] = useState(latest);
  // True until the change fails: a form whose change was made is over, and its own version is no news.
  const [isChanging, setChanging] = useState(false);

  /** Reads the record again if the service refuses the change because of the version, and rejects with the refusal. */
  async function change<Answer>(call: (condition: Condition) => Promise<Answer>, version = before.version): Promise<Answer> {
    setChanging(true);
    try {
      return await call({ ifMatch: version });
    } catch (error) {
      if (isLatchkeyError(error) && error.code === 'precondition_failed') await queryClient.refetchQueries({ queryKey });
      setChanging(false);
      throw error;
    }
  }

  return { before, isOutdated: !isChanging && latest.version !== before.version, change, load: () => setBefore(latest) };
}

interface Condition {
  readonly ifMatch: number;
}
