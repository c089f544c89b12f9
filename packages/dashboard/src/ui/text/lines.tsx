import classes from './lines.module.css';

/** A text of several lines that somebody else wrote: isolated, as `Name` is, and with its line breaks. */
export function Lines({ children }: { readonly children: string }) {
  return <bdi className={classes.lines}>{children}</bdi>;
}
