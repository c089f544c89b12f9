import { Link } from '@tanstack/react-router';
import { withTag, type KeysSearch } from './search.js';
import classes from './tag-links.module.css';

interface TagLinksProps {
  readonly tags: readonly string[];
  /** The list that each link narrows; by default all keys. */
  readonly search?: KeysSearch;
  /** The number of tags that are shown; by default all of them. */
  readonly most?: number;
}

/** The tags of a key. Each leads to the keys that have it as well; the router marks those by which the list is filtered. */
export function TagLinks({ tags, search = {}, most = tags.length }: TagLinksProps) {
  if (tags.length === 0) return null;
  const others = tags.slice(most);
  return (
    <span className={classes.tags}>
      {tags.slice(0, most).map((tag) => (
        <Link key={tag} to="/keys" search={withTag(search, tag)} className={classes.tag} title={`Keys with the tag ${tag}`}>
          {tag}
        </Link>
      ))}
      {others.length > 0 && <span title={others.join(', ')}>+{others.length}</span>}
    </span>
  );
}
