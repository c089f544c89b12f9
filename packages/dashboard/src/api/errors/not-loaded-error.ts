/** A part of the page did not load: the service is unreachable, or another version has replaced it. */
export class NotLoadedError extends Error {
  override readonly name = 'NotLoadedError';
}
