import { Link, type LinkProps } from '@tanstack/react-router';
import type { Overview } from 'latchkey/client';
import { formatCompact, formatCount, formatShare } from '../../ui/text/format.js';
import classes from './overview.module.css';

/** The few figures that one comes for. */
export function Tiles({ overview: { keys, owners, tiers, verifications24h } }: { readonly overview: Overview }) {
  const refused = verifications24h === null ? 0 : verifications24h.total - (verifications24h.byCode.valid ?? 0);
  return (
    <ul className={classes.tiles}>
      <Tile
        label="Active keys"
        value={formatCompact(keys.active)}
        note={`of ${formatCompact(keys.total)} in all`}
        link={{ to: '/keys', search: { status: 'active' } }}
      />
      {verifications24h !== null && (
        <>
          <Tile label="Verifications, 24 hours" value={formatCompact(verifications24h.total)} note="of all keys" />
          <Tile label="Refused, 24 hours" value={formatShare(refused, verifications24h.total)} note={formatCount(refused, 'request')} />
        </>
      )}
      <Tile label="Owners" value={formatCompact(owners)} note={formatCount(tiers, 'tier')} link={{ to: '/owners' }} />
    </ul>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly link?: LinkProps;
}

function Tile({ label, value, note, link }: TileProps) {
  return (
    <li className={classes.tile}>
      <span className={classes.tileLabel}>{link === undefined ? label : <Link {...link}>{label}</Link>}</span>
      <strong>{value}</strong>
      <span className={classes.tileNote}>{note}</span>
    </li>
  );
}
