import { archiveLogInput } from '../../contract/calls/events.js';
import { readInput } from '../../contract/index.js';
import { InvalidInputError } from '../../domain/errors.js';
import { signCheckpoint } from '../../domain/log-checkpoint.js';
import type { ArchivedLog } from '../api/index.js';
import { draftEvent } from '../changes/change.js';
import { assertUnbounded, LIBRARY_CONTEXT, type EventUseCases, type UseCaseParts } from '../changes/context.js';

/** Nodes and changes that are under way still look for entries of the last minutes. */
const KEPT_MS = 3_600_000;

export interface ArchiveParts extends Pick<UseCaseParts, 'apply' | 'settings'> {
  /** Begins to drop what is archived, which goes on after the call, and after a crash. */
  readonly dropArchived: () => void;
}

/** Archives the log up to an entry, in one transaction: from its commit on, the log begins after that entry. */
export function createArchiveLog({ apply, settings, dropArchived }: ArchiveParts): EventUseCases['archive'] {
  return async (input, context = LIBRARY_CONTEXT) => {
    assertUnbounded(context);
    const { upTo } = readInput(archiveLogInput, input);
    const { value } = await apply({ context, scope: 'events:archive' }, async (change, now): Promise<ArchivedLog> => {
      const last = await change.log.checkpoint();
      if (last?.seq === upTo.seq && last.hash === upTo.hash) return { archived: upTo, entries: 0 };
      const entry = last !== null && upTo.seq <= last.seq ? null : await change.log.find(upTo.seq);
      if (entry?.hash !== upTo.hash)
        throw invalid(`The log has no entry ${upTo.seq} with this hash. Take both from an export of this log.`);
      if (entry.at > now - KEPT_MS) throw invalid('Entries of the last hour stay in the log. Name an older one.');
      const entries = upTo.seq - (last?.seq ?? 0);
      const after = { seq: upTo.seq, hash: upTo.hash, entries };
      // Before the checkpoint: the log keeps at least the entry that tells of it.
      await change.append(draftEvent({ action: 'log.archived', target: { type: 'log', id: 'log' }, after }, context, now));
      await change.log.archive(signCheckpoint(upTo, settings.peppers), now);
      return { archived: upTo, entries };
    });
    dropArchived();
    return value;
  };
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ pointer: '/upTo', message }]);
}
