import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { KeyView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { keyQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { notify } from '../../../ui/feedback/notices.js';
import { Name } from '../../../ui/text/name.js';
import { Page } from '../../../ui/layout/page.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { NotAllowed, Note } from '../../../ui/feedback/states.js';
import { KeyForm } from './key-form.js';
import { updateInputOf, valuesOf, type KeyFormValues } from './key-form-values.js';

const route = getRouteApi('/shell/keys/$id/edit');

export function EditKeyPage() {
  const { id } = route.useParams();
  const query = useQuery(keyQuery(id));
  const mayWrite = useMay('keys:write');
  return (
    <Page
      title={query.data === undefined ? 'Edit a key' : `Edit ${query.data.name}`}
      heading={
        query.data !== undefined && (
          <>
            Edit <Name>{query.data.name}</Name>
          </>
        )
      }
    >
      <QueryView query={query} describe={describeError}>
        {(key) => (mayWrite ? <EditKey item={key} /> : <NotAllowed scope="keys:write" />)}
      </QueryView>
    </Page>
  );
}

function EditKey({ item }: { readonly item: KeyView }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // What the form began with: later news of the key does not run over what is being typed.
  const [before] = useState(valuesOf(item));
  const isOutdated = JSON.stringify(valuesOf(item)) !== JSON.stringify({ ...before, credits: item.credits?.remaining ?? '' });
  const toKey = { to: '/keys/$id', params: { id: item.id } } as const;

  const save = async (values: KeyFormValues): Promise<void> => {
    const patch = updateInputOf(values, before);
    if (Object.keys(patch).length > 0) {
      const { propagation } = await api.keys.update(item.id, patch);
      notify(
        propagation.pending.length === 0 ? 'Saved. It holds everywhere.' : `Saved. Not yet confirmed by ${propagation.pending.join(', ')}.`,
      );
    }
    void queryClient.invalidateQueries();
    await navigate(toKey);
  };

  return (
    <>
      {isOutdated && (
        <Note tone="warn" title="Somebody changed this key meanwhile">
          What you typed is kept. Saving writes the fields that you changed, and no others.
        </Note>
      )}
      <KeyForm
        initial={before}
        isNew={false}
        submitLabel="Save"
        onSubmit={save}
        cancel={
          <LinkButton {...toKey} variant="subtle">
            Cancel
          </LinkButton>
        }
      />
    </>
  );
}
