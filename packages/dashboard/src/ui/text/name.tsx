/** A text that somebody else wrote: isolated, so that marks of direction in it turn round nothing beside it. */
export function Name({ children }: { readonly children: string }) {
  return <bdi>{children}</bdi>;
}
