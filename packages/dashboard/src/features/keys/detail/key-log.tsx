import { useQuery } from '@tanstack/react-query';
import { describeError } from '../../../app/api/describe-error.js';
import { eventsQuery } from '../../../app/api/queries.js';
import { LinkButton } from '../../../ui/link.js';
import { Section } from '../../../ui/page.js';
import { QueryView } from '../../../ui/query-view.js';
import { EventsTable } from '../../log/index.js';

export function KeyLog({ id }: { readonly id: string }) {
  const query = useQuery(eventsQuery({ key: id, limit: 10 }));
  return (
    <Section
      title="Log"
      bare
      actions={
        <LinkButton to="/log" search={{ key: id }} variant="subtle" size="compact-sm">
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
