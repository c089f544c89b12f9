import { useQueryClient } from '@tanstack/react-query';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { LinkButton } from '../ui/link.js';
import { Page } from '../ui/page.js';
import { Empty, Failure } from '../ui/states.js';
import { describeError } from './api/describe-error.js';
import classes from './page-failure.module.css';

/** In place of a page that could not be shown. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const { title, detail } = describeError(error);
  const retry = (): void => {
    queryClient.removeQueries({ predicate: (query) => query.state.status === 'error' });
    reset();
    void router.invalidate();
  };
  return (
    <div className={classes.alone}>
      <Failure title={title} onRetry={retry}>
        {detail}
      </Failure>
    </div>
  );
}

export function MissingPage() {
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is at this address" action={<LinkButton to="/">To the overview</LinkButton>}>
        The address may be mistyped, or from another version of the dashboard.
      </Empty>
    </Page>
  );
}
