/**
 * The keys of the owner whose portal is open.
 *
 * features/portal/keys/ owns the list of an owner's own keys, the dialogs that change them, and their usage.
 */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Me, OwnKeyView, PortalSession } from 'latchkey/client';
import { useState } from 'react';
import { listOwnKeys } from '../../../contract/calls/own-keys.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { formatCount } from '../../../ui/text/format.js';
import { PlusIcon } from '../../../ui/theme/icons.js';
import { Name } from '../../../ui/text/name.js';
import { Paged } from '../../../ui/tables/pager.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { SearchField } from '../../../ui/forms/search-field.js';
import { Empty } from '../../../ui/feedback/states.js';
import pageClasses from '../../../ui/layout/page.module.css';
import { CreateOwnKeyDialog } from './create-own-key-dialog.js';
import { OwnKeyCard } from './own-key-card.js';
import { OwnUsage } from './own-usage.js';
import { meQuery, ownKeysQuery } from './portal-queries.js';
import classes from '../portal.module.css';

const PAGE_SIZE = 20;
/** From so many keys on, one searches. */
const MANY = 8;

export function OwnKeysView({ session }: { readonly session: PortalSession }) {
  const me = useQuery(meQuery);
  return (
    <QueryView query={me} describe={describeError}>
      {(who) => <OwnKeys session={session} me={who} />}
    </QueryView>
  );
}

function OwnKeys({ session, me }: { readonly session: PortalSession; readonly me: Me }) {
  const [search, setSearch] = useState('');
  // The cursors that led here; the last is the one of this page.
  const [trail, setTrail] = useState<readonly string[]>([]);
  const [creating, setCreating] = useState(false);
  const cursor = trail.at(-1);
  const query = useQuery(ownKeysQuery({ limit: PAGE_SIZE, ...(search !== '' && { search }), ...(cursor !== undefined && { cursor }) }));
  const { allow, policy } = me;
  const active = query.data?.active ?? 0;
  const isFull = query.data !== undefined && active >= policy.maxKeys;
  const next = query.data?.nextCursor ?? null;
  return (
    <>
      <header className={pageClasses.header}>
        <div className={pageClasses.titles}>
          <h1>API keys</h1>
          <div className={pageClasses.lead}>
            <span>
              of <Name>{session.ownerName ?? session.ownerId}</Name>
            </span>
            {query.data !== undefined && (
              <span>
                {formatCount(active, 'active key')} of {policy.maxKeys}
              </span>
            )}
          </div>
        </div>
        {allow.create && (
          <Button leftSection={<PlusIcon size={16} />} disabled={isFull} onClick={() => setCreating(true)}>
            Create a key
          </Button>
        )}
      </header>
      {isFull && <div>You have as many keys as you may. Revoke one that you no longer need to create another.</div>}
      {(query.data?.total ?? 0) > MANY && (
        <SearchField
          field={listOwnKeys.search}
          value={search}
          onSearch={(text) => {
            setTrail([]);
            setSearch(text.trim());
          }}
        />
      )}
      <QueryView query={query} describe={describeError}>
        {(page) => (
          <Paged
            shown={page.data.length}
            noun="key"
            isFirst={trail.length === 0}
            onFirst={() => setTrail([])}
            onPrevious={trail.length === 0 ? null : () => setTrail(trail.slice(0, -1))}
            onNext={next === null ? null : () => setTrail([...trail, next])}
            none={<NoOwnKeys filtered={search !== ''} />}
          >
            <ul className={classes.keys}>
              {page.data.map((key: OwnKeyView) => (
                <OwnKeyCard key={key.id} item={key} allow={allow} />
              ))}
            </ul>
          </Paged>
        )}
      </QueryView>
      {allow.usage && <OwnUsage />}
      {creating && <CreateOwnKeyDialog policy={policy} onClose={() => setCreating(false)} />}
    </>
  );
}

function NoOwnKeys({ filtered }: { readonly filtered: boolean }) {
  if (filtered)
    return <Empty title="No key is called that">A search finds a part of a name, or the last four characters of a token.</Empty>;
  return (
    <Empty title="You have no keys yet">
      A key lets a program of yours call the API. Create one, and store the token that is shown then.
    </Empty>
  );
}
