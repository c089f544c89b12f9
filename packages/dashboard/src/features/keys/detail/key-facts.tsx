import { Link } from '@tanstack/react-router';
import type { KeyView, OperatorBounds } from 'latchkey/client';
import { createKey } from '../../../contract/calls/keys.js';
import { Badge } from '../../../ui/text/badge.js';
import { Facts } from '../../../ui/layout/facts.js';
import { Expiry } from '../../../ui/keys/key-words.js';
import { Lines } from '../../../ui/text/lines.js';
import { Mono } from '../../../ui/text/mono.js';
import { Name } from '../../../ui/text/name.js';
import { Section } from '../../../ui/layout/page.js';
import { Time } from '../../../ui/time/time.js';
import { TagLinks } from '../tag-links.js';
import classes from './key-page.module.css';

/** Everything that is said of the key itself. */
export function KeyFacts({ item }: { readonly item: KeyView }) {
  return (
    <Section title="About this key">
      <Facts
        facts={[
          item.description === null ? null : ['Description', <Lines key="description">{item.description}</Lines>],
          [
            'Owner',
            <Link key="owner" to="/owners/$id" params={{ id: item.owner }}>
              <Name>{item.owner}</Name>
            </Link>,
          ],
          ['Tier', item.tier === null ? 'none' : <TierLink key="tier" name={item.tier} />],
          ['Scopes', <Chips key="scopes" texts={item.scopes} none="none: it may do nothing that asks for a scope" />],
          item.tags.length === 0 ? null : ['Tags', <TagLinks key="tags" tags={item.tags} />],
          [createKey.ipRules.label, <Chips key="addresses" texts={item.ipRules} none="from anywhere" />],
          item.bounds === null ? null : ['Bound to', <Chips key="bounds" texts={boundTexts(item.bounds)} none="nothing" />],
          ['Expires', <Expiry key="expires" expiresAt={item.expiresAt} daysUntilExpiry={item.daysUntilExpiry} />],
          item.notBefore === null ? null : ['Valid from', <Time key="from" at={item.notBefore} />],
          ['Last use', <LastUse key="used" item={item} />],
          [
            'Created',
            <span key="created">
              <Time at={item.createdAt} /> by <Mono>{item.createdBy}</Mono>
            </span>,
          ],
          item.revokedAt === null ? null : ['Revoked', <Revoked key="revoked" item={item} />],
          Object.keys(item.metadata).length === 0
            ? null
            : [
                'Metadata',
                <pre key="metadata" className={classes.metadata}>
                  {JSON.stringify(item.metadata, null, 1)}
                </pre>,
              ],
        ]}
      />
    </Section>
  );
}

/** Each bound in one text, such as `environments: live, test`. */
function boundTexts(bounds: OperatorBounds): readonly string[] {
  return Object.entries(bounds).map(([name, list]: [string, readonly string[]]) => `${name}: ${list.join(', ') || 'none'}`);
}

function TierLink({ name }: { readonly name: string }) {
  return (
    <Link to="/tiers/$name" params={{ name }}>
      {name}
    </Link>
  );
}

function Chips({ texts, none }: { readonly texts: readonly string[]; readonly none: string }) {
  if (texts.length === 0) return <span className={classes.soft}>{none}</span>;
  return (
    <span className={classes.chips}>
      {texts.map((text) => (
        <Badge key={text} tone="calm">
          <Mono>{text}</Mono>
        </Badge>
      ))}
    </span>
  );
}

function LastUse({ item: { lastUsedAt, lastUsedFrom } }: { readonly item: KeyView }) {
  return (
    <span className={classes.main}>
      <span>
        <Time at={lastUsedAt} />
        {lastUsedFrom?.address && (
          <>
            {' '}
            from <Mono>{lastUsedFrom.address}</Mono>
          </>
        )}
      </span>
      {lastUsedFrom?.userAgent && (
        <span className={classes.soft}>
          <Name>{lastUsedFrom.userAgent}</Name>
        </span>
      )}
    </span>
  );
}

function Revoked({ item: { revokedAt, revokedBy, revokedReason } }: { readonly item: KeyView }) {
  return (
    <span className={classes.main}>
      <span>
        <Time at={revokedAt} /> by <Mono>{revokedBy ?? 'unknown'}</Mono>
      </span>
      {revokedReason !== null && (
        <span className={classes.soft}>
          <Name>{revokedReason}</Name>
        </span>
      )}
    </span>
  );
}
