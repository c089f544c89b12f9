import { useQueryClient } from '@tanstack/react-query';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { LinkButton } from '../ui/layout/link.js';
import { Page } from '../ui/layout/page.js';
import { Empty, Failure } from '../ui/feedback/states.js';
import { api } from '../api/calls/client.js';
import { describeError } from '../api/errors/describe-error.js';
import { NotLoadedError } from '../api/errors/not-loaded-error.js';
import { isUnreachable } from '../api/errors/use-connection-lost.js';
import classes from './page-failure.module.css';

/** In place of a page that could not be shown. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const { title, detail } = describeError(error);
  const retry = async (): Promise<void> => {
    // What a service of another version calls its files, only the whole program anew knows.
    if (error instanceof NotLoadedError && (await answers())) return location.reload();
    queryClient.removeQueries({ predicate: (query) => query.state.status === 'error' });
    reset();
    return router.invalidate();
  };
  return (
    <div className={classes.alone}>
      <Failure title={title} onRetry={() => void retry()}>
        {detail}
      </Failure>
    </div>
  );
}

async function answers(): Promise<boolean> {
  return api.sessions.current().then(
    () => true,
    (error: unknown) => !isUnreachable(error),
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
