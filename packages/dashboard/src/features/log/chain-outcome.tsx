import { Button } from '@mantine/core';
import type { ChainReport } from 'latchkey/client';
import { describeError } from '../../api/errors/describe-error.js';
import { formatCount, formatNumber, formatSpan } from '../../ui/text/format.js';
import { Mono } from '../../ui/text/mono.js';
import { Failure, Note, Working } from '../../ui/feedback/states.js';
import { useNow } from '../../ui/time/use-now.js';
import classes from './log.module.css';
import type { ChainCheckRun } from './use-chain-check.js';

/** How far the check of the chain is, and what came of it. */
export function ChainOutcome({ chain: { running, report, failure, cancel } }: { readonly chain: ChainCheckRun }) {
  if (running !== null) return <Progress {...running} onCancel={cancel} />;
  if (failure !== null) return <Failure title={describeError(failure).title}>{describeError(failure).detail}</Failure>;
  return report === null ? null : <Report report={report} />;
}

interface ProgressProps {
  readonly since: number;
  readonly entries: number | null;
  readonly checked: number;
  readonly onCancel: () => void;
}

function Progress({ since, entries, checked, onCancel }: ProgressProps) {
  const now = useNow();
  return (
    <div className={classes.progress} role="group" aria-label="Check of the chain">
      <Working>{entries === null ? 'Checking the log' : `Checking ${formatCount(entries, 'entry', 'entries')}`}</Working>
      {checked > 0 && <span>{formatNumber(checked)} checked</span>}
      <span role="timer">for {formatSpan(now - since)}</span>
      <Button size="xs" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

function Report({ report: { intact, entries, head, broken, archived } }: { readonly report: ChainReport }) {
  if (!intact) {
    return (
      <Note
        tone="bad"
        title={
          broken === null
            ? 'The log is not as it was written'
            : `The log is not as it was written from entry ${formatNumber(broken.seq)} on`
        }
      >
        {broken?.reason} Keep a copy of the database as it is, and compare it with your last export.
      </Note>
    );
  }
  return (
    <Note tone="good" title={`Intact: ${formatCount(entries, 'entry', 'entries')}, every link checked`}>
      {head === null ? (
        'The log is empty.'
      ) : (
        <>
          Keep the last entry elsewhere, and a cut tail can be found: <Mono>{`${head.seq}:${head.hash}`}</Mono>
        </>
      )}
      {archived !== null && (
        <>
          {' '}
          The {formatCount(archived.seq, 'entry', 'entries')} before were archived, {ARCHIVED[archived.signature]}
        </>
      )}
    </Note>
  );
}

const ARCHIVED: Readonly<Record<NonNullable<ChainReport['archived']>['signature'], string>> = {
  valid: 'by a checkpoint whose signature is valid.',
  invalid: 'by a checkpoint whose signature does not match: compare it with the export that was archived.',
  none: 'by a checkpoint that is not signed, for no pepper was configured.',
  unknown_pepper: 'by a checkpoint whose pepper is not configured here, so that its signature was not checked.',
};
