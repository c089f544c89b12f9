import type { EventView } from 'latchkey/client';
import { Dialog } from '../../ui/dialogs/dialog.js';
import { Facts } from '../../ui/layout/facts.js';
import { formatExact, formatNumber } from '../../ui/text/format.js';
import { Lines } from '../../ui/text/lines.js';
import { Mono } from '../../ui/text/mono.js';
import { Name } from '../../ui/text/name.js';
import { actorOf, wordsOf } from './action-words.js';
import classes from './log.module.css';

export function EventDialog({ event, onClose }: { readonly event: EventView; readonly onClose: () => void }) {
  return (
    <Dialog title={`Entry ${formatNumber(event.seq)}: ${wordsOf(event.action).word.toLowerCase()}`} opened size="lg" onClose={onClose}>
      <Facts
        facts={[
          ['When', formatExact(event.at)],
          ['By', <Mono key="actor">{actorOf(event)}</Mono>],
          ['Of', <Mono key="target">{`${event.target.type} ${event.target.id}`}</Mono>],
          event.owner === null ? null : ['Owner', <Name key="owner">{event.owner}</Name>],
          event.reason === null ? null : ['Reason', <Lines key="reason">{event.reason}</Lines>],
          event.address === null ? null : ['From', <Mono key="address">{event.address}</Mono>],
          event.session === null ? null : ['Session', <Mono key="session">{event.session.id}</Mono>],
          event.session?.link == null ? null : ['Portal link', <Mono key="link">{event.session.link}</Mono>],
          event.requestId === null ? null : ['Request', <Mono key="request">{event.requestId}</Mono>],
        ]}
      />
      <Changes before={event.before} after={event.after} />
      <Facts
        facts={[
          [
            'Hash',
            <Mono key="hash" soft>
              {event.hash}
            </Mono>,
          ],
          [
            'Hash of the entry before',
            <Mono key="previous" soft>
              {event.previousHash}
            </Mono>,
          ],
        ]}
      />
    </Dialog>
  );
}

/** Field by field: what it was, and what it became. */
function Changes({ before, after }: Pick<EventView, 'before' | 'after'>) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (fields.length === 0) return null;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="What changed">
      <table className={classes.changes}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field}>
              <th scope="row">{field}</th>
              <td>{shown(before?.[field])}</td>
              <td>{shown(after?.[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shown(value: unknown) {
  if (value === undefined || value === null) return '–';
  return <Mono>{typeof value === 'string' ? value : JSON.stringify(value)}</Mono>;
}
