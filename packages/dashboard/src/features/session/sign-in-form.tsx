import { Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Session, SignInMethods } from 'latchkey/client';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { signInMethodsQuery } from '../../api/calls/queries.js';
import { signIn as SIGN_IN } from '../../contract/calls/sessions.js';
import { textProps } from '../../contract/field.js';
import { ChoiceChips } from '../../ui/forms/choice-chips.js';
import { Failure, Waiting } from '../../ui/feedback/states.js';
import classes from './sign-in.module.css';

interface SignInFormProps {
  readonly onSignedIn: (session: Session) => void;
}

/** Exchanges a credential for a session. The credential is sent once and kept nowhere. */
export function SignInForm({ onSignedIn }: SignInFormProps) {
  const methods = useQuery(signInMethodsQuery);
  if (methods.isPending) return <Waiting lines={3} label="Asking how to sign in" />;
  if (methods.isError) {
    const { title, detail } = describeError(methods.error);
    return (
      <Failure title={title} onRetry={() => void methods.refetch()} retrying={methods.isFetching}>
        {detail}
      </Failure>
    );
  }
  return <CredentialForm methods={methods.data} onSignedIn={onSignedIn} />;
}

type Kind = 'adminKey' | 'token';

function CredentialForm({ methods, onSignedIn }: SignInFormProps & { readonly methods: SignInMethods }) {
  const [kind, setKind] = useState<Kind>(methods.adminKey ? 'adminKey' : 'token');
  const [credential, setCredential] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const isAdmin = kind === 'adminKey';
  const field = useRef<HTMLInputElement>(null);
  // There is nothing else to do here.
  useEffect(() => field.current?.focus(), []);

  const signIn = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      onSignedIn(await api.sessions.start(isAdmin ? { adminKey: credential.trim() } : { token: credential.trim() }));
      setCredential('');
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (credential.trim() !== '') void signIn();
  };

  return (
    <form className={classes.form} onSubmit={submit}>
      {methods.adminKey && (
        <ChoiceChips
          label="Sign in with"
          choices={[
            { value: 'adminKey', label: SIGN_IN.adminKey.label },
            { value: 'token', label: SIGN_IN.token.label },
          ]}
          value={kind}
          onChange={setKind}
        />
      )}
      <PasswordInput
        ref={field}
        {...textProps(SIGN_IN[kind])}
        autoComplete="off"
        spellCheck={false}
        withAsterisk={false}
        value={credential}
        onChange={(event) => setCredential(event.currentTarget.value)}
        data-autofocus
      />
      {failure !== null && <Failure title="You are not signed in">{describeError(failure).detail}</Failure>}
      <Button type="submit" loading={busy} fullWidth>
        Sign in
      </Button>
    </form>
  );
}
