/** What each call of the library takes: the shapes of its arguments. */
import type { Keys, Owners, Sessions, Tiers, Usage } from './api/index.js';
import type { Shapes } from './fields/takes.js';

export const KEY_CALLS: Shapes<Keys> = {
  create: ['fields'],
  import: ['any'],
  get: ['text'],
  list: ['options'],
  update: ['text', 'fields'],
  rotate: ['text', 'options'],
  revoke: ['text', 'options'],
  disable: ['text', 'options'],
  enable: ['text', 'options'],
  retireSecret: ['text', 'text'],
  revokeMany: ['fields'],
  limits: ['text'],
  explain: ['text', 'options'],
};

export const OWNER_CALLS: Shapes<Owners> = {
  get: ['text'],
  list: ['options'],
  update: ['text', 'fields'],
  suspend: ['text', 'options'],
  resume: ['text', 'options'],
  revokeAll: ['text', 'options'],
};

export const TIER_CALLS: Shapes<Tiers> = {
  get: ['text'],
  list: [],
  put: ['text', 'fields'],
  remove: ['text'],
  preview: ['text', 'fields'],
};

export const USAGE_CALLS: Shapes<Usage> = {
  read: ['fields'],
  byKey: ['fields'],
  busiest: ['options'],
};

export const SESSION_CALLS: Shapes<Sessions> = {
  start: ['fields'],
  find: ['text', 'text'],
  end: ['text', 'text'],
  endAll: ['text', 'text'],
  verifySecret: ['text', 'options'],
  createLink: ['fields'],
  withdrawLink: ['text'],
  openLink: ['text', 'options'],
  startPortal: ['fields'],
};
