import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { KeyView } from 'latchkey/client';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { keyQuery } from '../../../api/calls/queries.js';
import { useVersion } from '../../../api/calls/use-version.js';
import { useMay } from '../../../api/session/session.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { notify } from '../../../ui/feedback/notices.js';
import { Name } from '../../../ui/text/name.js';
import { Page } from '../../../ui/layout/page.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { NotAllowed } from '../../../ui/feedback/states.js';
import { differencesOf } from './key-differences.js';
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
  const { before, isOutdated, change, load } = useVersion(item, keyQuery(item.id).queryKey);
  const initial = valuesOf(before);
  const toKey = { to: '/keys/$id', params: { id: item.id } } as const;

  const save = async (values: KeyFormValues, version?: number): Promise<void> => {
    const patch = updateInputOf(values, initial);
    if (Object.keys(patch).length > 0) {
      const { propagation } = await change(async (condition) => api.keys.update(item.id, patch, condition), version);
      notify(
        propagation.pending.length === 0 ? 'Saved. It holds everywhere.' : `Saved. Not yet confirmed by ${propagation.pending.join(', ')}.`,
      );
    }
    void queryClient.invalidateQueries();
    await navigate(toKey);
  };

  return (
    <KeyForm
      key={before.version}
      initial={initial}
      isNew={false}
      submitLabel="Save"
      onSubmit={save}
      conflict={
        isOutdated
          ? {
              differences: (values) => differencesOf(before, item, values),
              onLoad: load,
              onSubmit: async (values) => save(values, item.version),
            }
          : null
      }
      cancel={
        <LinkButton {...toKey} variant="subtle">
          Cancel
        </LinkButton>
      }
    />
  );
}
