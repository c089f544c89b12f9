/** How keys, owners, tiers and verdicts look to a person. */
import type { KeyView, Limit, OwnerView, Propagation } from 'latchkey';
import { formatDuration, isoOrNull, toIso, type Verdict } from 'latchkey/client';
import { renderFields, type TextColumn } from './table.js';

export const KEY_TABLE: readonly TextColumn<KeyView>[] = [
  { title: 'id', cell: (key) => key.id },
  { title: 'name', cell: (key) => key.name },
  { title: 'owner', cell: (key) => key.owner },
  { title: 'environment', cell: (key) => key.environment },
  { title: 'tier', cell: (key) => key.tier ?? '–' },
  { title: 'status', cell: (key) => key.status },
  { title: 'hint', cell: (key) => key.hint },
  { title: 'expires', cell: (key) => expiryText(key) },
  { title: 'last used', cell: (key) => key.lastUsedAt ?? 'never' },
  { title: 'tags', cell: (key) => (key.tags.length === 0 ? '–' : key.tags.join(' ')) },
];

export const OWNER_TABLE: readonly TextColumn<OwnerView>[] = [
  { title: 'id', cell: (owner) => owner.id },
  { title: 'name', cell: (owner) => owner.name ?? '–' },
  { title: 'status', cell: (owner) => owner.status },
  { title: 'live keys', cell: (owner) => String(owner.keys.live) },
  { title: 'keys', cell: (owner) => String(owner.keys.total) },
];

export function showKey(key: KeyView): string {
  const secrets = key.secrets.map((secret): [string, string] => [
    `secret ${secret.id}`,
    `${secret.hint}, made ${secret.createdAt}, ${secret.validUntil === null ? 'current' : `until ${secret.validUntil}`}, used ${secret.lastUsedAt ?? 'never'}`,
  ]);
  const revoked: [string, string][] =
    key.revokedAt === null ? [] : [['revoked', `${key.revokedAt} by ${key.revokedBy ?? '?'}: ${key.revokedReason ?? 'no reason given'}`]];
  const bounds: [string, string][] = key.bounds === null ? [] : [['bound to', JSON.stringify(key.bounds)]];
  return renderFields([
    ['id', key.id],
    ['name', key.name],
    ...describedAs(key.description),
    ['owner', key.owner],
    ['status', key.status],
    ['version', String(key.version)],
    ['environment', key.environment],
    ['tier', key.tier],
    ['scopes', key.scopes.join(' ')],
    ['tags', key.tags.join(' ')],
    ['created', `${key.createdAt} by ${key.createdBy}`],
    ['not before', key.notBefore],
    ['expires', expiryText(key)],
    ['requests', String(key.requests)],
    ['last used', key.lastUsedAt === null ? null : lastUseText(key.lastUsedAt, key.lastUsedFrom?.address ?? null)],
    ...revoked,
    ['from addresses', key.ipRules.join(' ')],
    ['limits', limitsText(key.limits)],
    ['credits', key.credits === null ? null : creditsText(key.credits)],
    ...bounds,
    ['metadata', Object.keys(key.metadata).length === 0 ? null : JSON.stringify(key.metadata)],
    ...secrets,
  ]);
}

export function showOwner(owner: OwnerView): string {
  const suspended: [string, string][] =
    owner.suspendedAt === null ? [] : [['suspended', `${owner.suspendedAt}: ${owner.suspendedReason ?? 'no reason given'}`]];
  return renderFields([
    ['id', owner.id],
    ['name', owner.name],
    ...describedAs(owner.description),
    ['status', owner.status],
    ['version', String(owner.version)],
    ...suspended,
    ['keys', `${owner.keys.live} live of ${owner.keys.total}`],
    ['revoking', owner.revoking === null ? null : revokingText(owner.revoking)],
    ['most keys', owner.maxKeys === null ? null : String(owner.maxKeys)],
    ['shared limits', limitsText(owner.limits)],
    ['metadata', Object.keys(owner.metadata).length === 0 ? null : JSON.stringify(owner.metadata)],
    ['created', owner.createdAt],
  ]);
}

export function showVerdict(verdict: Verdict): string {
  const key = verdict.key;
  const refusal: [string, string | null][] = verdict.valid
    ? []
    : [
        ['why', verdict.message],
        ['wait', verdict.retryAfterMs === undefined ? null : `${Math.ceil(verdict.retryAfterMs / 1000)} s`],
      ];
  const known: [string, string | null][] =
    key === null
      ? []
      : [
          ['key', `${key.id} (${key.name})`],
          ['owner', key.owner],
          ['tier', key.tier],
          ['environment', key.environment],
          ['scopes', key.scopes.join(' ')],
          ['expires', isoOrNull(key.expiresAt) ?? 'never'],
        ];
  const limits = (verdict.limits ?? []).map((reading): [string, string] => [
    `limit ${reading.name}`,
    `${reading.remaining} of ${reading.limit} left, free again ${toIso(reading.resetAt)}`,
  ]);
  const credits: [string, string][] = verdict.valid && verdict.credits !== null ? [['credits left', String(verdict.credits)]] : [];
  const degraded: [string, string][] = verdict.degraded ? [['degraded', 'a failure policy answered, not the ordinary rules']] : [];
  const steps = (verdict.steps ?? []).map(({ step, passed, detail }): [string, string] => [
    `${passed ? 'passed' : 'failed'} ${step}`,
    detail,
  ]);
  return renderFields([['verdict', verdict.code], ...refusal, ...known, ...limits, ...credits, ...degraded, ...steps]);
}

export function limitsText(limits: readonly Limit[]): string {
  return limits
    .map(({ name, limit, windowMs, algorithm, burst }) => {
      const atOnce = burst === undefined ? '' : `, ${burst} at once`;
      return `${name}: ${limit} in ${formatDuration(windowMs)} (${algorithm}${atOnce})`;
    })
    .join('; ');
}

/** Each line of a description in a row of its own, below the others: none can pass for another field. */
function describedAs(description: string | null): readonly [string, string][] {
  if (description === null) return [];
  return description.split('\n').map((line, index): [string, string] => [index === 0 ? 'description' : '', line === '' ? ' ' : line]);
}

/** Null where every node has applied the change, which needs no word. */
export function propagationText({ pending }: Propagation): string | null {
  return pending.length === 0 ? null : `Not known to have reached: ${pending.join(', ')}.`;
}

/** How far a revocation of all keys of an owner has come. */
export function revokingText({ keys, left }: NonNullable<OwnerView['revoking']>): string {
  return `${keys - left} of ${keys} records are marked as revoked`;
}

function expiryText(key: KeyView): string {
  if (key.expiresAt === null) return 'never';
  if (key.status === 'expired' || key.daysUntilExpiry === null) return key.expiresAt;
  return `${key.expiresAt} (${key.daysUntilExpiry} d)`;
}

function lastUseText(at: string, address: string | null): string {
  return address === null ? at : `${at} from ${address}`;
}

function creditsText({ remaining, refill, nextRefillAt }: NonNullable<KeyView['credits']>): string {
  if (refill === null) return String(remaining);
  const when = refill.every === 'month' ? `each month on day ${refill.day ?? 1}` : `every ${refill.every}`;
  return `${remaining}, ${refill.mode === 'add' ? `${refill.amount} more` : `back to ${refill.amount}`} ${when}, next ${nextRefillAt ?? '–'}`;
}
