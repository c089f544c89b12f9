import classes from './mono.module.css';

/** An id, a hint, an address: what is compared character by character. */
export function Mono({ children, soft = false }: { readonly children: string; readonly soft?: boolean }) {
  return (
    <bdi className={classes.mono} data-soft={soft || undefined}>
      {children}
    </bdi>
  );
}
