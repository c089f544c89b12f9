/** What each call of the library takes: the shapes of its arguments. */
import { ADDRESSES } from '../contract/index.js';
import type { KeyUseCases, OwnerUseCases, TierUseCases } from './changes/context.js';
import type { Events, Latchkey, Sessions, Usage } from './api/index.js';
import { addressed, type Shapes } from './fields/takes.js';

export const KEY_CALLS = { ...addressed(ADDRESSES.keys), import: ['any'] } as unknown as Shapes<KeyUseCases>;

export const OWNER_CALLS = addressed(ADDRESSES.owners) as unknown as Shapes<OwnerUseCases>;

export const TIER_CALLS = addressed(ADDRESSES.tiers) as unknown as Shapes<TierUseCases>;

export const USAGE_CALLS = addressed(ADDRESSES.usage) as unknown as Shapes<Usage>;

export const EVENT_CALLS = addressed(ADDRESSES.events) as unknown as Shapes<Omit<Events, 'walk'>>;

export const SERVICE_CALLS: Shapes<Pick<Latchkey, 'overview' | 'cluster'>> = { overview: [], cluster: [] };

export const SESSION_CALLS: Shapes<Sessions> = {
  start: [['subject', 'details', 'expiresAt']],
  find: ['text', 'text'],
  end: ['text', 'text'],
  endAll: ['text', 'text'],
  verifySecret: ['text', 'any'],
  createLink: ['any'],
  withdrawLink: ['text'],
  openLink: ['text', ['address', 'requestId', 'admit']],
  startPortal: [['ownerId', 'details', 'expiresAt']],
};
