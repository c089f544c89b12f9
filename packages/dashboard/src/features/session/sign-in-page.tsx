import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { Session } from 'latchkey/client';
import { useEffect } from 'react';
import { api } from '../../api/calls/client.js';
import { keepsSessions } from '../../api/session/keeps-sessions.js';
import { sessionQuery, signInMethodsQuery } from '../../api/calls/queries.js';
import { useBranding } from '../../api/session/use-branding.js';
import { Brand } from '../../ui/layout/brand.js';
import { Failure } from '../../ui/feedback/states.js';
import { ThemeSwitch } from '../../ui/theme/theme-switch.js';
import { Unencrypted } from '../../ui/feedback/unencrypted.js';
import { oidcRefusal } from './oidc-refusal.js';
import { SignInForm } from './sign-in-form.js';
import classes from './sign-in.module.css';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { returnTo = '/', error } = route.useSearch();
  const router = useRouter();
  const queryClient = useQueryClient();
  const oidc = useQuery(signInMethodsQuery).data?.oidc ?? null;
  const branding = useBranding();
  const name = branding === undefined ? null : (branding?.name ?? 'Latchkey');
  useEffect(() => {
    document.title = name === null ? 'Sign in' : `Sign in · ${name}`;
  }, [name]);
  const enter = (session: Session): void => {
    queryClient.setQueryData(sessionQuery.queryKey, session);
    router.history.push(returnTo);
  };
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Brand branding={branding} />
        <h1>Sign in to the dashboard</h1>
        {error !== undefined && <Failure title="You are not signed in">{oidcRefusal(error)}</Failure>}
        {keepsSessions() ? (
          <>
            {oidc !== null && (
              <Button component="a" href={api.sessions.oidcUrl(returnTo)} variant="default" fullWidth>
                {oidc.label}
              </Button>
            )}
            <SignInForm onSignedIn={enter} />
          </>
        ) : (
          <Unencrypted />
        )}
        <p className={classes.small}>A session ends after 30 minutes without use, and after 12 hours in any case.</p>
      </div>
      <ThemeSwitch />
    </main>
  );
}
