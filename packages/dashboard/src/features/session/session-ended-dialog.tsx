import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Session } from 'latchkey/client';
import { useEffect, useState } from 'react';
import { api } from '../../api/calls/client.js';
import { sessionQuery, signInMethodsQuery } from '../../api/calls/queries.js';
import { onSessionEnd } from '../../api/session/session-end.js';
import { Dialog } from '../../ui/dialogs/dialog.js';
import { useIsShownOnceOpen } from '../../ui/dialogs/open-dialogs.js';
import { SignInForm } from './sign-in-form.js';

/**
 * Lets one sign in again over the page as it is, so that nothing that was typed is lost. A token that is shown is taken first:
 * to take it needs no session, and whoever cannot sign in again would lose it.
 */
export function SessionEndedDialog() {
  const [ended, setEnded] = useState(false);
  const mustWait = useIsShownOnceOpen();
  const queryClient = useQueryClient();
  const oidc = useQuery(signInMethodsQuery).data?.oidc ?? null;
  useEffect(() => onSessionEnd(() => setEnded(true)), []);
  const goOn = (session: Session): void => {
    queryClient.setQueryData(sessionQuery.queryKey, session);
    setEnded(false);
    void queryClient.invalidateQueries();
  };
  const look = async (): Promise<void> => {
    const session = await api.sessions.current().catch(() => null);
    if (session !== null) goOn(session);
  };
  // Made when it is needed, and so above every dialog that is open by then.
  if (!ended || mustWait) return null;
  return (
    <Dialog title="Your session has ended" opened insistent size="sm" onClose={() => undefined}>
      <div>Sign in to go on. What you typed is still there.</div>
      {oidc !== null && (
        <>
          <Button component="a" href={api.sessions.oidcUrl('/')} target="_blank" rel="noopener" variant="default" fullWidth>
            {oidc.label} (in a new window)
          </Button>
          <Button variant="subtle" onClick={() => void look()}>
            I have signed in there
          </Button>
        </>
      )}
      <SignInForm onSignedIn={goOn} />
    </Dialog>
  );
}
