/** Parts of the program that come when they are first shown. */
import { NotLoadedError } from './not-loaded-error.js';

/** Makes of what loads a part something that can be tried again. Rejects with a NotLoadedError. */
export function late<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    try {
      await loadStylesAgain();
      return await load();
    } catch (cause) {
      throw new NotLoadedError('A part of the page did not load.', { cause });
    }
  };
}

/** A style that once failed is not asked for again by what the build puts around an import: the part would come unstyled. */
async function loadStylesAgain(): Promise<void> {
  await Promise.all([...failed].map(loadAgain));
}

const failed = new Set<HTMLLinkElement>();

document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') failed.add(target);
  },
  // Such an event does not bubble.
  { capture: true },
);

async function loadAgain(link: HTMLLinkElement): Promise<void> {
  const next = link.cloneNode() as HTMLLinkElement;
  const loaded = new Promise<void>((resolve, reject) => {
    next.addEventListener('load', () => resolve());
    next.addEventListener('error', () => reject(new Error('A style did not load.')));
  });
  failed.delete(link);
  link.replaceWith(next);
  await loaded;
}
