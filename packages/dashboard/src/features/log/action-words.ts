import type { EventView } from 'latchkey/client';
import type { Tone } from '../../ui/text/badge.js';

interface ActionWords {
  readonly word: string;
  readonly tone: Tone;
}

const WORDS: Readonly<Record<EventView['action'], ActionWords>> = {
  'key.created': { word: 'Key created', tone: 'good' },
  'key.imported': { word: 'Key imported', tone: 'good' },
  'key.updated': { word: 'Key changed', tone: 'accent' },
  'key.rotated': { word: 'Key rotated', tone: 'accent' },
  'key.revoked': { word: 'Key revoked', tone: 'bad' },
  'key.disabled': { word: 'Key disabled', tone: 'warn' },
  'key.enabled': { word: 'Key enabled', tone: 'good' },
  'key.secret_retired': { word: 'Old secret ended', tone: 'warn' },
  'key.secret_upgraded': { word: 'Secret rewritten', tone: 'calm' },
  'owner.updated': { word: 'Owner changed', tone: 'accent' },
  'owner.suspended': { word: 'Owner suspended', tone: 'bad' },
  'owner.resumed': { word: 'Owner resumed', tone: 'good' },
  'owner.keys_revoked': { word: 'Keys revoked', tone: 'bad' },
  'owner.portal_link_created': { word: 'Portal link made', tone: 'calm' },
  'owner.portal_link_withdrawn': { word: 'Portal link withdrawn', tone: 'warn' },
  'owner.portal_opened': { word: 'Portal opened', tone: 'calm' },
  'tier.created': { word: 'Tier created', tone: 'good' },
  'tier.updated': { word: 'Tier changed', tone: 'accent' },
  'tier.deleted': { word: 'Tier removed', tone: 'bad' },
  'log.archived': { word: 'Log archived', tone: 'warn' },
};

/** An action in words; one that a newer service knows is said as it is. */
export function wordsOf(action: string): ActionWords {
  const known: Readonly<Record<string, ActionWords>> = WORDS;
  return known[action] ?? { word: action, tone: 'calm' };
}

/** Who did it: what kind of actor, and which; not twice, where there is one of the kind. */
export function actorOf({ actor: { type, id } }: Pick<EventView, 'actor'>): string {
  return type === id ? id : `${type} ${id}`;
}
