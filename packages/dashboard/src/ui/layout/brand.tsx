import { useBrandColor } from './brand-color.js';
import classes from './brand.module.css';
import { Logo } from './logo.js';
import { Name } from '../text/name.js';

interface BrandProps {
  /** Null: ours. Undefined: it is not known yet whose. */
  readonly branding: { readonly name: string; readonly logoUrl: string | null; readonly color: string | null } | null | undefined;
}

/** The page in the clothes of the host application: its logo, its name, and its colour. */
export function Brand({ branding }: BrandProps) {
  useBrandColor(branding?.color ?? null);
  if (branding === null) return <Logo />;
  return (
    <span className={classes.brand}>
      {branding?.logoUrl != null && <img src={branding.logoUrl} alt="" height={28} />}
      {branding !== undefined && <Name>{branding.name}</Name>}
    </span>
  );
}
