import { Note } from '../feedback/states.js';
import { Name } from '../text/name.js';

/** Longer values are not repeated: they may be a token. */
const MOST = 40;

/** Names the filters of an address that the list does not know, and so does not use. */
export function UnknownFilters({ unknown }: { readonly unknown?: string | undefined }) {
  if (unknown === undefined) return null;
  const shown = [...new URLSearchParams(unknown)].map(([name, value]) =>
    name.length > MOST ? `${name.slice(0, MOST)}…` : value.length > MOST ? name : `${name}=${value}`,
  );
  return (
    <div role="status">
      <Note tone="calm">
        {shown.length === 1 ? 'The address has a filter that does not exist' : 'The address has filters that do not exist'}:{' '}
        <Name>{shown.join(', ')}</Name>
      </Note>
    </div>
  );
}
