/** The credential that an address carries into the portal. */
export type Entry = { readonly link: string } | { readonly jwt: string };

/**
 * Takes the credential out of the address, at once and before anything is shown: neither the history nor somebody who looks
 * at the window finds it there. It stands in the fragment, which no server ever saw.
 */
export function takeEntry(): Entry | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const link = fragment.get('link');
  const jwt = fragment.get('jwt');
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  if (link !== null && link !== '') return { link };
  return jwt === null || jwt === '' ? null : { jwt };
}

/** A link that is followed while the portal is shown changes the fragment alone: the browser loads nothing anew. */
export function onEntry(listener: (entry: Entry) => void): () => void {
  const take = (): void => {
    const entry = takeEntry();
    if (entry !== null) listener(entry);
  };
  window.addEventListener('hashchange', take);
  return () => window.removeEventListener('hashchange', take);
}
