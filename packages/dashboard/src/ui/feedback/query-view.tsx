import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Waiting } from './states.js';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** Says what of it failed, and how it can be mended. */
  readonly describe: (error: unknown) => { readonly title: string; readonly detail: string };
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** The wait, the failure, or the answer. An answer stays while a newer one is asked for, and when that fails. */
export function QueryView<Data>({ query, describe, lines = 4, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (!query.isError) return <Waiting lines={lines} />;
  const { title, detail } = describe(query.error);
  return (
    <Failure title={title} onRetry={() => void query.refetch()} retrying={query.isFetching}>
      {detail}
    </Failure>
  );
}
