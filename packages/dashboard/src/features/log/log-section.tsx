import { useQuery } from '@tanstack/react-query';
import { describeError } from '../../api/errors/describe-error.js';
import { eventsQuery } from '../../api/calls/queries.js';
import { LinkButton } from '../../ui/layout/link.js';
import { Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { EventsTable } from './events-table.js';

/** The latest of the log about one key, or one owner, and the way to all of it. */
export function LogSection({ of }: { readonly of: { readonly key: string } | { readonly owner: string } }) {
  const query = useQuery(eventsQuery({ ...of, limit: 10 }));
  return (
    <Section
      title="Log"
      bare
      actions={
        <LinkButton to="/log" search={of} variant="subtle" size="compact-sm">
          All of it
        </LinkButton>
      }
    >
      <QueryView query={query} describe={describeError}>
        {(page) => <EventsTable events={page.data} />}
      </QueryView>
    </Section>
  );
}
