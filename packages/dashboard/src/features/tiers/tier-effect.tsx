import { Link } from '@tanstack/react-router';
import type { TierPreview } from 'latchkey/client';
import { formatCount, formatNumber, formatWindow } from '../../ui/text/format.js';
import { Name } from '../../ui/text/name.js';
import { Note } from '../../ui/feedback/states.js';
import classes from './tiers.module.css';

type Change = TierPreview['changes'][number];

/** What an edit would do, before it is made. */
export function TierEffect({ preview: { keys, looked, over, changes } }: { readonly preview: TierPreview }) {
  const overKeys = new Set(over.map(({ key }) => key.id)).size;
  return (
    <div className={classes.effect} role="status" aria-label="What saving would do">
      <ul className={classes.changes}>
        {changes.map((change) => (
          <li key={change.name}>
            <strong>{change.name}</strong> {describe(change)}
          </li>
        ))}
      </ul>
      <Note
        tone={overKeys > 0 ? 'warn' : looked < keys ? 'calm' : 'good'}
        title={`${formatCount(keys, 'key')} affected, ${formatNumber(overKeys)} ${looked < keys ? `of the ${formatNumber(looked)} used last ` : ''}would be over`}
      >
        {looked < keys && 'The others were not looked at. '}
        {overKeys === 0 ? 'None of them has used more than it could then.' : 'These would be refused until their window ends:'}
        {over.length > 0 && (
          <ul className={classes.over}>
            {over.slice(0, 10).map(({ key, limit, used, allowed }) => (
              <li key={`${key.id} ${limit}`}>
                <Link to="/keys/$id" params={{ id: key.id }}>
                  <Name>{key.name}</Name>
                </Link>{' '}
                of <Name>{key.owner}</Name>: {formatNumber(used)} of {formatNumber(allowed)} ({limit})
              </li>
            ))}
            {over.length > 10 && <li>and {formatNumber(over.length - 10)} more</li>}
          </ul>
        )}
      </Note>
    </div>
  );
}

function describe({ before, after }: Change): string {
  if (before === null) return `is new: ${say(after)}`;
  if (after === null) return `goes: was ${say(before)}`;
  return `${say(before)} → ${say(after)}`;
}

function say(limit: Change['after']): string {
  return limit === null ? 'none' : `${formatNumber(limit.limit)} per ${formatWindow(limit.windowMs)}`;
}
