import { useQueryClient } from '@tanstack/react-query';
import type { PortalSession } from 'latchkey/client';
import { useEffect, useState } from 'react';
import { api } from '../../app/api/client.js';
import { describeError } from '../../app/api/describe-error.js';
import { onSessionEnd } from '../../app/api/session-end.js';
import { Empty, Failure, Waiting } from '../../ui/states.js';
import { applyBranding } from './branding.js';
import { takeEntry, type Entry } from './entry.js';
import { OwnKeysView } from './own-keys-view.js';
import { PortalFrame } from './portal-frame.js';
import classes from './portal.module.css';

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly session: PortalSession }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Taken once, when the program starts: drawing the page twice must not spend the link twice. */
let opening: Promise<PortalSession | null> | null = null;

export function PortalPage() {
  const [state, setState] = useState<State>({ kind: 'opening' });
  const queryClient = useQueryClient();
  useEffect(() => {
    opening ??= open(takeEntry());
    opening.then(
      (session) => {
        applyBranding(session?.branding ?? null);
        setState(session === null ? { kind: 'closed' } : { kind: 'open', session });
      },
      (error: unknown) => setState({ kind: 'failed', error }),
    );
  }, []);
  useEffect(() => {
    if (state.kind !== 'open') return undefined;
    return onSessionEnd(() => setState({ kind: 'closed' }));
  }, [state.kind]);
  const leave = async (): Promise<void> => {
    await api.portal.close().catch(() => undefined);
    queryClient.clear();
    setState({ kind: 'closed' });
  };

  if (state.kind === 'open') {
    return (
      <PortalFrame session={state.session} onLeave={() => void leave()}>
        <OwnKeysView session={state.session} />
      </PortalFrame>
    );
  }
  return (
    <PortalFrame session={null}>
      <h1 className={classes.title}>API keys</h1>
      {state.kind === 'opening' && <Waiting label="Opening your keys" />}
      {state.kind === 'closed' && (
        <Empty title="Your keys are behind a link">
          Open this page from the application that your keys belong to, or with a link that you were sent. A link works once, and for ten
          minutes.
        </Empty>
      )}
      {state.kind === 'failed' && <Failure title="This link does not open">{describeError(state.error).detail}</Failure>}
    </PortalFrame>
  );
}

async function open(entry: Entry | null): Promise<PortalSession | null> {
  return entry === null ? api.portal.current() : api.portal.open(entry);
}
