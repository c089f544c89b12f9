import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { describeError } from '../../../api/errors/describe-error.js';
import { keysQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { useCursorTrail } from '../../../api/calls/use-cursor-trail.js';
import { formatCount } from '../../../ui/text/format.js';
import { PlusIcon } from '../../../ui/theme/icons.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { Page } from '../../../ui/layout/page.js';
import { Paged } from '../../../ui/tables/pager.js';
import { UnknownFilters } from '../../../ui/tables/unknown-filters.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { isProblemOf } from '../../../api/errors/form-failure.js';
import { notify } from '../../../ui/feedback/notices.js';
import { MatchingKeys } from '../bulk/matching-keys.js';
import { LateDialog } from '../bulk/late-dialog.js';
import { filtersOf, keysQueryOf, readKeysSearch, type KeysSearch } from '../search.js';
import { KeyFilters } from './key-filters.js';
import classes from './keys-page.module.css';
import { KeysTable } from './keys-table.js';
import { NoKeys } from './no-keys.js';
import { useSelection } from './use-selection.js';

const route = getRouteApi('/shell/keys');
const loadDialog = async () => import('../bulk/revoke-selected-dialog.js');

export function KeysPage() {
  // The router also gives what the list does not know of its address.
  const search = readKeysSearch({ ...route.useSearch() });
  const navigate = route.useNavigate();
  const query = useQuery(keysQuery(keysQueryOf(search)));
  const pages = useCursorTrail(
    search.cursor,
    query,
    (cursor, state, replace = false) => void navigate({ search: (before) => ({ ...before, cursor }), state, replace }),
  );
  const show = (next: KeysSearch): void => void navigate({ search: next, replace: true });
  useRefusedSort(query.error, () => show(filtersOf(search)));
  const selection = useSelection();
  const [revoking, setRevoking] = useState(false);
  const mayWrite = useMay('keys:write');
  return (
    <Page
      title="Keys"
      actions={
        mayWrite && (
          <LinkButton to="/keys/new" leftSection={<PlusIcon size={16} />}>
            Create a key
          </LinkButton>
        )
      }
    >
      <KeyFilters search={search} onChange={show} />
      <UnknownFilters unknown={search.unknown} />
      {mayWrite && <MatchingKeys search={search} />}
      {selection.count > 0 && (
        <div className={classes.selection} role="group" aria-label="Selected keys">
          <span role="status">{formatCount(selection.count, 'key')} selected</span>
          <Button size="xs" color="red" variant="light" onClick={() => setRevoking(true)}>
            Revoke…
          </Button>
          <Button size="xs" variant="subtle" onClick={selection.clear}>
            Clear
          </Button>
        </div>
      )}
      <QueryView query={query} describe={describeError} lines={10}>
        {(page) => (
          <Paged
            shown={page.data.length}
            noun="key"
            total={page.total}
            {...pages}
            none={<NoKeys filtered={Object.keys(filtersOf(search)).length > 0} mayCreate={mayWrite} />}
          >
            <KeysTable
              keys={page.data}
              busy={query.isPlaceholderData}
              selection={mayWrite ? selection : undefined}
              search={search}
              onSort={(sort, order) => show(readKeysSearch({ ...filtersOf(search), sort, order }))}
            />
          </Paged>
        )}
      </QueryView>
      {revoking && (
        <LateDialog title="Revoke keys" load={loadDialog} onClose={() => setRevoking(false)}>
          {({ RevokeSelectedDialog }) => (
            <RevokeSelectedDialog keys={selection.keys} onClose={() => setRevoking(false)} onRevoked={selection.drop} />
          )}
        </LateDialog>
      )}
    </Page>
  );
}

/** The service knows which filters go with which order. Where it refuses, the list goes back to its own order. */
function useRefusedSort(error: unknown, leave: () => void): void {
  const isRefused = isProblemOf(error, 'sort');
  const onRefused = useEffectEvent(() => {
    leave();
    notify('The list cannot be sorted like this beside these filters.');
  });
  useEffect(() => {
    if (isRefused) onRefused();
  }, [isRefused]);
}
