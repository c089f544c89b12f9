import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { CreatedKey, Repeatable } from 'latchkey/client';
import { useRef, useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { useMay } from '../../../api/session/session.js';
import { newIdempotencyKey } from '../../../ui/forms/idempotency-key.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { Page } from '../../../ui/layout/page.js';
import { NotAllowed } from '../../../ui/feedback/states.js';
import { TokenDialog } from '../../../ui/keys/token-dialog.js';
import { StayWhileShown } from '../stay-while-shown.js';
import { KeyForm } from './key-form.js';
import { createInputOf, EMPTY_KEY, type KeyFormValues } from './key-form-values.js';

const route = getRouteApi('/shell/keys/new');

export function CreateKeyPage() {
  const mayWrite = useMay('keys:write');
  return (
    <Page title="Create a key" lead="The token is shown once, when the key is created.">
      {mayWrite ? <CreateKey /> : <NotAllowed scope="keys:write" />}
    </Page>
  );
}

function CreateKey() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // In the state of this page alone: closing the dialog forgets it, and so does leaving the page.
  const [issued, setIssued] = useState<Repeatable<CreatedKey> | null>(null);
  // The same for each attempt to send the same form: an answer that was lost does not make a second key.
  const attempt = useRef(newIdempotencyKey());
  const [initial] = useState<KeyFormValues>({ ...EMPTY_KEY, owner: search.owner ?? '', tier: search.tier ?? '' });

  const create = async (values: KeyFormValues): Promise<void> => {
    setIssued(await api.keys.create(createInputOf(values), { idempotencyKey: attempt.current }));
    void queryClient.invalidateQueries();
  };
  const renew = (): void => {
    attempt.current = newIdempotencyKey();
  };
  const finish = (id: string): void => {
    setIssued(null);
    void navigate({ to: '/keys/$id', params: { id }, replace: true });
  };

  return (
    <>
      <KeyForm
        initial={initial}
        isNew
        submitLabel="Create the key"
        onSubmit={create}
        onEdit={renew}
        cancel={
          <LinkButton to="/keys" variant="subtle">
            Cancel
          </LinkButton>
        }
      />
      {issued !== null && (
        <TokenDialog
          title={`The token of “${issued.key.name}”`}
          token={issued.token?.reveal() ?? null}
          name={issued.key.name}
          onDone={() => finish(issued.key.id)}
        >
          <StayWhileShown />
        </TokenDialog>
      )}
    </>
  );
}
