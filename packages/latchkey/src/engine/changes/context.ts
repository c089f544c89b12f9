/** What the use cases share: the parts they are built on, and the reading of a call's circumstances. */
import { type Actor, type CallContext, LIBRARY_ACTOR } from '../../domain/actor.js';
import { isMatch, NO_VERSION, readIfMatch, type IfMatchCondition } from '../../domain/if-match.js';
import { isWithin } from '../../domain/operator-bounds.js';
import { ConflictError, ForbiddenError, NotFoundError } from '../../domain/errors.js';
import type { KeyRecord, SecretRecord } from '../../domain/key.js';
import { normaliseOwnerId } from '../../domain/text.js';
import { randomBase62 } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { Entropy } from '../../ports/entropy.js';
import type { Change } from '../../ports/key-store.js';
import type { Storage } from '../../ports/storage.js';
import type { ContextOptions, IfMatch, Repeatable } from '../../contract/call-options.js';
import type {
  CreatedKey,
  CreateKeyInput,
  ImportKeyInput,
  KeyCalls,
  KeyView,
  RotatedKey,
  RotateKeyInput,
  EventCalls,
  OwnerCalls,
  ServiceCalls,
  TierCalls,
  UsageCalls,
} from '../api/index.js';
import type { Names } from '../../domain/names.js';
import type { ApplyChange } from './change.js';
import type { Repeats } from './idempotency.js';
import { viewKey } from '../fields/key-view.js';
import type { EngineSettings } from '../runtime/settings.js';

export interface UseCaseParts {
  readonly storage: Storage;
  readonly apply: ApplyChange;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly repeats: Repeats;
  readonly settings: EngineSettings;
}

/** The calls about keys as use cases: who asks is known, and any of them may repeat an earlier one. */
export interface KeyUseCases extends Omit<KeyCalls<Names, ContextOptions>, 'create' | 'rotate' | 'walk'> {
  create(input: CreateKeyInput, context?: CallContext): Promise<Repeatable<CreatedKey>>;
  rotate(id: string, input?: RotateKeyInput, context?: CallContext & IfMatch): Promise<Repeatable<RotatedKey>>;
  import(records: readonly ImportKeyInput[], context?: CallContext): Promise<readonly KeyView[]>;
}

export type OwnerUseCases = Omit<OwnerCalls<ContextOptions>, 'walk'>;

export type TierUseCases = TierCalls<Names, ContextOptions>;

export type UsageUseCases = UsageCalls<ContextOptions>;

export type EventUseCases = EventCalls<ContextOptions>;

export type ServiceUseCases = Pick<ServiceCalls<ContextOptions>, 'overview' | 'cluster'>;

export const LIBRARY_CONTEXT: CallContext = { actor: LIBRARY_ACTOR };

/** How an actor is named in `createdBy` and `revokedBy`. */
export function actorName(actor: Actor): string {
  return actor.type === 'operator' || actor.type === 'owner' ? `${actor.type}:${actor.id}` : actor.type;
}

/** `key_` and 16 base62 characters: 95 random bits, so that ids tell nothing and never meet. */
export function newId(kind: 'key' | 'sec', entropy: Entropy): string {
  return `${kind}_${randomBase62(16, (length) => entropy.bytes(length))}`;
}

/** An owner's id as it is stored. One that could not be stored names nobody. */
export function ownerIdOf(text: string): string {
  const read = normaliseOwnerId(text);
  if (!read.ok) throw new NotFoundError('owner');
  return read.value;
}

/** As `ownerIdOf`, for a filter: what names nobody finds nothing. */
export function ownerFilterOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const read = normaliseOwnerId(text);
  return read.ok ? read.value : '';
}

/** For one key. Throws a NotFoundError for an operator who is bound to others; their own token is always there for them. */
export function assertWithin({ actor }: CallContext, key: KeyRecord): void {
  if (actor.bounds != null && key.id !== actor.id && !isWithin(actor.bounds, key)) throw new NotFoundError('key');
}

/** For figures of all keys. Throws a ForbiddenError for an operator who is bound to some of them. */
export function assertUnbounded({ actor }: CallContext): void {
  if (actor.bounds == null) return;
  throw new ForbiddenError('This tells of all keys, and your operator token is bound to some. Use a token that is not bound.');
}

export async function findKey(change: Change, id: string): Promise<KeyRecord> {
  const key = await change.keys.find(id);
  if (key === null) throw new NotFoundError('key');
  return key;
}

/** Throws a ConflictError where the caller names a version, and the record has another one. */
export function assertMatches(kind: 'key' | 'owner', { version }: { readonly version: number }, { ifMatch }: IfMatch): void {
  const condition = readIfMatch(ifMatch);
  if (isMatch(version, condition)) return;
  throw new ConflictError('precondition_failed', whyNoMatch(kind, version, condition));
}

function whyNoMatch(kind: 'key' | 'owner', version: number, condition: IfMatchCondition | null): string {
  if (version === NO_VERSION) return `There is no record of the ${kind} yet. Leave the condition out to make one.`;
  const isNoVersion = Array.isArray(condition) && condition.every((each) => each === NO_VERSION);
  if (isNoVersion)
    return `The condition names no version of a record. Use the version of the ${kind}, which is ${version}, as its strong ETag.`;
  return `The ${kind} has changed: its version is ${version}. Read it again before you change it.`;
}

/** The current secret: the one that no rotation has replaced. */
export function currentSecret(secrets: readonly SecretRecord[]): SecretRecord | undefined {
  return secrets.find((secret) => secret.validUntil === null);
}

/** Returns the key as it is shown after a change. Rejects with a NotFoundError. */
export async function readKeyView({ storage, clock }: UseCaseParts, id: string): Promise<KeyView> {
  const detail = await storage.keys.readKey(id);
  if (detail === null) throw new NotFoundError('key');
  return viewKey(detail, clock.now());
}
