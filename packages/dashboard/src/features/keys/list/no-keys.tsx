import { LinkButton } from '../../../ui/layout/link.js';
import { Empty } from '../../../ui/feedback/states.js';

export function NoKeys({ filtered, mayCreate }: { readonly filtered: boolean; readonly mayCreate: boolean }) {
  if (filtered) {
    return (
      <Empty
        title="No key is like that"
        action={
          <LinkButton to="/keys" search={{}} variant="default">
            Show all keys
          </LinkButton>
        }
      >
        A search finds a part of a name, a whole id, a token, or its last four characters. One or two characters are looked for among the
        newest 50 000 keys. Take a filter away, or look at all keys.
      </Empty>
    );
  }
  return (
    <Empty title="There are no keys yet" action={mayCreate && <LinkButton to="/keys/new">Create the first key</LinkButton>}>
      A key says who may call your API, what it may do there, until when and how often. Its token is shown once, when the key is created.
    </Empty>
  );
}
