/**
 * Placeholders where content is absent: a wait, nothing, or a failure.
 *
 * ui/feedback/ owns messages about the page itself: it waits, is empty, has failed, is unreachable, or has done something.
 */
import { Button, Loader, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { InfoIcon, WarningIcon } from '../theme/icons.js';
import classes from './states.module.css';

interface EmptyProps {
  readonly title: string;
  /** What to do first. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <p className={classes.emptyTitle}>{title}</p>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Placeholder lines, announced once. */
export function Waiting({ lines = 4, label = 'Loading' }: { readonly lines?: number; readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className={classes.waiting}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={18} width={`${100 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}

export function Working({ children }: { readonly children: ReactNode }) {
  return (
    <span role="status" className={classes.working}>
      <Loader size={14} /> {children}
    </span>
  );
}

interface FailureProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onRetry?: (() => void) | undefined;
  readonly retrying?: boolean | undefined;
}

export function Failure({ title, children, onRetry, retrying = false }: FailureProps) {
  return (
    <div role="alert" className={classes.note} data-tone="bad">
      <WarningIcon />
      <div className={classes.noteText}>
        <strong>{title}</strong>
        <div>{children}</div>
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry} loading={retrying}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

/** In place of a form that would be refused. */
export function NotAllowed({ scope }: { readonly scope: string }) {
  return (
    <Note tone="warn" title="You may not do this">
      Missing: {scope}.
    </Note>
  );
}

interface NoteProps {
  readonly tone: 'calm' | 'warn' | 'good' | 'bad';
  readonly title?: string;
  readonly children: ReactNode;
}

export function Note({ tone, title, children }: NoteProps) {
  return (
    <div className={classes.note} data-tone={tone}>
      {tone === 'warn' || tone === 'bad' ? <WarningIcon /> : <InfoIcon />}
      <div className={classes.noteText}>
        {title !== undefined && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
