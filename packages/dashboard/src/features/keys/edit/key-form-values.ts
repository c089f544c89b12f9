/** A key while it is being typed, and what of it is sent. */
import type { CreateKeyInput, KeyView, OperatorBounds, UpdateKeyInput } from 'latchkey/client';
import { expiryOf, type Expiry } from './expiry.js';
import type { createKey } from '../../../contract/calls/keys.js';
import type { Places } from '../../../contract/field.js';
import { draftOf, inputOf, sameLimits, type LimitDraft } from '../../limits/index.js';

export interface KeyFormValues extends Expiry {
  readonly name: string;
  /** The empty text: none. */
  readonly description: string;
  readonly owner: string;
  readonly environment: string;
  /** The empty text: none. */
  readonly tier: string;
  readonly scopes: readonly string[];
  readonly tags: readonly string[];
  readonly ipRules: readonly string[];
  readonly limits: readonly LimitDraft[];
  readonly hasCredits: boolean;
  readonly credits: number | string;
  readonly refill: 'none' | 'set' | 'add';
  readonly refillAmount: number | string;
  readonly refillEvery: string;
  readonly metadata: string;
  /** Of an operator token. */
  readonly bounds: OperatorBounds | null;
}

/** The fields that the form names otherwise than the contract. */
export const PLACES = {
  expiresAt: 'expiryDate',
  expiresIn: 'expiryDate',
  'credits.remaining': 'credits',
  'credits.refill': 'refillEvery',
  'credits.refill.amount': 'refillAmount',
  'credits.refill.mode': 'refill',
  'credits.refill.every': 'refillEvery',
  credits: 'credits',
  bounds: 'bounds.environments',
} as const satisfies Places<typeof createKey>;

export const EMPTY_KEY: KeyFormValues = {
  name: '',
  description: '',
  owner: '',
  environment: '',
  tier: '',
  scopes: [],
  tags: [],
  expiry: '90d',
  expiryDate: '',
  ipRules: [],
  limits: [],
  hasCredits: false,
  credits: '',
  refill: 'none',
  refillAmount: '',
  refillEvery: 'month',
  metadata: '{}',
  bounds: null,
};

export function valuesOf(key: KeyView): KeyFormValues {
  const refill = key.credits?.refill ?? null;
  return {
    name: key.name,
    description: key.description ?? '',
    owner: key.owner,
    environment: key.environment,
    tier: key.tier ?? '',
    scopes: key.scopes,
    tags: key.tags,
    expiry: 'keep',
    expiryDate: '',
    ipRules: key.ipRules,
    limits: key.limits.map(draftOf),
    hasCredits: key.credits !== null,
    credits: key.credits?.remaining ?? '',
    refill: refill?.mode ?? 'none',
    refillAmount: refill?.amount ?? '',
    refillEvery: refill?.every ?? 'month',
    metadata: JSON.stringify(key.metadata, null, 2),
    bounds: key.bounds,
  };
}

/** Throws a SyntaxError where the metadata is not JSON. */
export function createInputOf(values: KeyFormValues): CreateKeyInput {
  return {
    name: values.name.trim(),
    owner: values.owner.trim(),
    ...(values.description.trim() !== '' && { description: values.description }),
    ...(values.environment !== '' && { environment: values.environment }),
    ...(values.tier !== '' && { tier: values.tier }),
    scopes: values.scopes,
    tags: values.tags,
    ...expiryOf(values),
    ipRules: values.ipRules,
    limits: values.limits.map(inputOf),
    ...(values.hasCredits && { credits: { remaining: numberOf(values.credits), refill: refillOf(values) } }),
    metadata: JSON.parse(values.metadata) as NonNullable<CreateKeyInput['metadata']>,
    ...(values.environment === 'operator' && { bounds: values.bounds }),
  };
}

/** Only what was changed: what somebody else changed meanwhile stays. */
export function updateInputOf(values: KeyFormValues, before: KeyFormValues): UpdateKeyInput {
  const changed = (name: keyof KeyFormValues): boolean => JSON.stringify(values[name]) !== JSON.stringify(before[name]);
  return {
    ...(changed('name') && { name: values.name.trim() }),
    ...(changed('description') && { description: values.description.trim() === '' ? null : values.description }),
    ...(changed('tier') && { tier: values.tier === '' ? null : values.tier }),
    ...(changed('scopes') && { scopes: values.scopes }),
    ...(changed('tags') && { tags: values.tags }),
    ...expiryOf(values),
    ...(changed('ipRules') && { ipRules: values.ipRules }),
    ...(!sameLimits(values.limits, before.limits) && { limits: values.limits.map(inputOf) }),
    ...creditsPatch(values, changed),
    ...(changed('metadata') && { metadata: JSON.parse(values.metadata) as NonNullable<UpdateKeyInput['metadata']> }),
    ...(changed('bounds') && { bounds: values.bounds }),
  };
}

function creditsPatch(values: KeyFormValues, changed: (name: keyof KeyFormValues) => boolean): Pick<UpdateKeyInput, 'credits'> {
  if (!values.hasCredits) return changed('hasCredits') ? { credits: null } : {};
  const remaining = changed('hasCredits') || changed('credits');
  const refill = changed('hasCredits') || changed('refill') || changed('refillAmount') || changed('refillEvery');
  if (!remaining && !refill) return {};
  return { credits: { ...(remaining && { remaining: numberOf(values.credits) }), ...(refill && { refill: refillOf(values) }) } };
}

/** Nothing typed is not zero: it is sent as no number, and the service asks for one. */
function numberOf(text: number | string): number {
  return text === '' ? Number.NaN : Number(text);
}

function refillOf({ refill, refillAmount, refillEvery }: KeyFormValues) {
  return refill === 'none' ? null : { amount: numberOf(refillAmount), mode: refill, every: refillEvery.trim() };
}
