import { formatCount } from '../text/format.js';
import { Note } from '../feedback/states.js';

interface PropagationNoteProps {
  readonly propagation: { readonly applied: number; readonly lapsed: number; readonly pending: readonly string[] };
  /** What reached them: "The revocation". */
  readonly what: string;
}

/** How far a change that takes authority away has reached, node by node where it is not known. */
export function PropagationNote({ propagation: { applied, lapsed, pending }, what }: PropagationNoteProps) {
  const reached = [
    `${formatCount(applied, 'node')} ${applied === 1 ? 'has' : 'have'} applied it`,
    ...(lapsed > 0 ? [`${formatCount(lapsed, 'node')} stopped answering from ${lapsed === 1 ? 'its' : 'their'} cache`] : []),
  ].join(', ');
  if (pending.length === 0) {
    return (
      <Note tone="good" title={`${what} holds everywhere`}>
        {reached}.
      </Note>
    );
  }
  return (
    <Note tone="warn" title={`${what} is made, but not confirmed by every node`}>
      {reached}. Not heard from: {pending.join(', ')}. They refuse once they are reached, or when their lease ends.
    </Note>
  );
}
