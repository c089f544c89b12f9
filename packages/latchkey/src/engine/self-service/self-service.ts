/**
 * Self-service: owners and their own keys. The use cases are those of operators, over parts in which there is nothing of
 * anybody else (own-parts.ts), with input that was held against the operator's policy (self-service-policy.ts).
 *
 * engine/self-service/ owns what owners may do with their own keys.
 */
import type { CallContext } from '../../domain/actor.js';
import { ForbiddenError, RateLimitedError } from '../../domain/errors.js';
import { isRuleWithin, parseIpRule } from '../../domain/ip-rules.js';
import type { OwnerRecord } from '../../domain/key.js';
import { normaliseOwnerId } from '../../domain/text.js';
import { formatDuration } from '../../domain/time.js';
import type { Change } from '../../ports/key-store.js';
import type { Limiter } from '../../ports/limiter.js';
import type { Repeatable } from '../../contract/call-options.js';
import { ADDRESSES, readInput } from '../../contract/index.js';
import { reasonInput } from '../../contract/calls/key-inputs.js';
import { listOwnKeysInput, rotateOwnKeyInput, updateOwnKeyInput } from '../../contract/calls/own-keys.js';
import { ownUsageInput } from '../../contract/calls/usage.js';
import type {
  ChangedKey,
  ChangedOwnKey,
  CreatedKey,
  CreatedOwnKey,
  CreateOwnKeyInput,
  KeyView,
  OwnKeyView,
  OwnPolicy,
  RotatedOwnKey,
  RotateOwnKeyInput,
} from '../api/index.js';
import { findKey, readKeyView, type UseCaseParts } from '../changes/context.js';
import { createCreateKey } from '../keys/create-key.js';
import { createListKeys } from '../keys/list-keys.js';
import { assertNotEnded, ownerActor, ownMaxKeys, ownParts, type OwnRules } from './own-parts.js';
import { type CountedAct, createOwnRate, type OwnAct, type OwnRate } from './own-rate.js';
import { createRetireSecret } from '../keys/retire-secret.js';
import { createRevokeKey } from '../keys/revoke-key.js';
import { createRotateKey } from '../keys/rotate-key.js';
import type { OwnCallContext, OwnKeys, Principal, SelfService, SelfServicePolicy } from '../api/self-service.js';
import { type OwnChoices, readOwnKey, readPolicy } from './self-service-policy.js';
import { addressed, ownContext, type Shapes, takesEach } from '../fields/takes.js';
import { createUpdateKey } from '../keys/update-key.js';
import { createUsage } from '../usage/usage.js';

/** Throws a ConfigurationError for a policy that cannot be. */
export function createSelfService(parts: UseCaseParts & { readonly limiter: Limiter }, policy: SelfServicePolicy): SelfService {
  const choices = readPolicy(policy, parts.settings);
  const rate = createOwnRate(parts, choices.changesPerHour);
  return {
    for(principal) {
      const ownerId = normaliseOwnerId(principal.ownerId);
      if (!ownerId.ok) throw new ForbiddenError('You cannot be an owner of keys: use an id of 1 to 128 visible characters.');
      return createOwnKeys({ ...parts, rate }, choices, { ...principal, ownerId: ownerId.value });
    },
    countSession: async (ownerId) => {
      await rate.count(ownerId, 'session');
    },
  };
}

function createOwnKeys(parts: UseCaseParts & { readonly rate: OwnRate }, choices: OwnChoices, principal: Principal): OwnKeys {
  const { clock, settings } = parts;
  const count = async (act: OwnAct): Promise<CountedAct> => {
    assertNotEnded(principal, clock.now());
    return parts.rate.count(principal.ownerId, act);
  };
  const own = (rules: Omit<OwnRules, 'principal' | 'maxKeys'> = {}): UseCaseParts =>
    ownParts(parts, { ...rules, principal, maxKeys: choices.maxKeys });
  /** Counts what issues a token, unless it repeats a request: that is answered even where no more changes are. */
  const issue = async <R extends Repeatable<CreatedKey>>(
    context: OwnCallContext | undefined,
    run: (issuing: UseCaseParts) => Promise<R>,
  ): Promise<R> => {
    const counted = await count('change').catch((error: unknown) => {
      if (context?.idempotencyKey !== undefined && error instanceof RateLimitedError) return error;
      throw error;
    });
    if (counted instanceof RateLimitedError) return run(own({ mints: true, onlyAgain: counted }));
    const issued = await run(own({ mints: true }));
    if (issued.replayed) await counted.giveBack();
    return issued;
  };
  const mostKeys = (owner: OwnerRecord | null): number => ownMaxKeys(owner, { settings, maxKeys: choices.maxKeys });
  const contextOf = (context: OwnCallContext = {}): CallContext => ({ ...context, actor: ownerActor(principal) });
  const view = (key: KeyView): OwnKeyView => viewOwnKey(key, settings.prefix);
  const created = ({ key, token, replayed }: Repeatable<CreatedKey>): Repeatable<CreatedOwnKey> => ({ key: view(key), token, replayed });
  const changed = ({ key, propagation }: ChangedKey): ChangedOwnKey => ({ key: view(key), propagation });
  const calls: OwnKeyUseCases = {
    async account() {
      const now = clock.now();
      assertNotEnded(principal, now);
      const owner = (await parts.storage.catalog.readOwner(principal.ownerId, now))?.owner ?? null;
      return { ownerId: principal.ownerId, ownerName: owner?.name ?? null, policy: policyOf(choices, mostKeys(owner)) };
    },
    async list(query = {}) {
      const asked = readInput(listOwnKeysInput, query);
      const now = clock.now();
      assertNotEnded(principal, now);
      const mine = own();
      const { data, nextCursor } = await createListKeys(mine)({ ...asked, owner: principal.ownerId });
      const total = await mine.storage.keys.countKeys({ now });
      const active = await mine.storage.keys.countKeys({ now, status: 'active' });
      return { data: data.map(view), total, active, nextCursor };
    },
    async get(id) {
      assertNotEnded(principal, clock.now());
      return view(await readKeyView(own(), id));
    },
    async create(input, context) {
      const read = readOwnKey(input, choices, { owner: principal.ownerId, now: clock.now() });
      return created(await issue(context, async (issuing) => createCreateKey(issuing)(read, contextOf(context))));
    },
    async update(id, patch, context) {
      const { name, ipRules } = readInput(updateOwnKeyInput, patch);
      await count('change');
      const before = async (change: Change): Promise<void> => assertNarrower(change, id, ipRules);
      return changed(await createUpdateKey(own({ before }))(id, { name, ipRules }, contextOf(context)));
    },
    async rotate(id, input = {}, context) {
      const { grace } = readInput(rotateOwnKeyInput, input);
      const rotated = await issue(context, async (issuing) => createRotateKey(issuing)(id, { grace }, contextOf(context)));
      return { ...created(rotated), propagation: rotated.propagation };
    },
    async retireSecret(id, secretId, context) {
      await count('revoke');
      return changed(await createRetireSecret(own())(id, secretId, contextOf(context)));
    },
    async revoke(id, input = {}, context) {
      const { reason } = readInput(reasonInput, input);
      await count('revoke');
      return changed(await createRevokeKey(own())(id, { reason }, contextOf(context)));
    },
    async usage(query = {}) {
      const { key } = readInput(ownUsageInput, query);
      assertNotEnded(principal, clock.now());
      if (key !== undefined) await readKeyView(own(), key);
      return createUsage(parts).read({ ...query, owner: principal.ownerId });
    },
  };
  return takesEach(calls, SHAPES, { addresses: ADDRESSES.ownKeys, contextOf: ownContext }) as OwnKeys;
}

const SHAPES = addressed(ADDRESSES.ownKeys) as unknown as Shapes<OwnKeyUseCases>;

/** The calls as use cases: any of them may repeat an earlier one. */
interface OwnKeyUseCases extends Omit<OwnKeys, 'create' | 'rotate'> {
  create(input: CreateOwnKeyInput, context?: OwnCallContext): Promise<Repeatable<CreatedOwnKey>>;
  rotate(id: string, input?: RotateOwnKeyInput, context?: OwnCallContext): Promise<Repeatable<RotatedOwnKey>>;
}

function policyOf(
  { maxExpiryMs, defaultExpiryMs, knownScopes: _known, changesPerHour: _rate, ...choices }: OwnChoices,
  maxKeys: number,
): OwnPolicy {
  return { ...choices, maxExpiry: formatDuration(maxExpiryMs), defaultExpiry: formatDuration(defaultExpiryMs), maxKeys };
}

/** An operator may have narrowed the key: what was taken away is not the owner's to give back. */
async function assertNarrower(change: Change, id: string, wanted: readonly string[] | undefined): Promise<void> {
  if (wanted === undefined) return;
  const { ipRules } = await findKey(change, id);
  if (ipRules.length === 0) return;
  const within = wanted.every((rule) => {
    const read = parseIpRule(rule);
    return !read.ok || isRuleWithin(read.value, ipRules);
  });
  if (wanted.length === 0 || !within) {
    throw new ForbiddenError('A key cannot be opened to more addresses: keep some of its rules or parts of them, or create another key.');
  }
}

function viewOwnKey(key: KeyView, prefix: string): OwnKeyView {
  const { id, name, hint, environment, tier, scopes, ipRules, createdAt, notBefore, expiresAt, daysUntilExpiry, lastUsedAt } = key;
  const start = `${prefix}_${environment}_`;
  return {
    id,
    name,
    hint,
    // A token that was issued elsewhere begins otherwise, which is nobody's business.
    preview: `${hint.startsWith(start) ? start : ''}${'*'.repeat(16)}`,
    status: key.status === 'suspended' ? 'disabled' : key.status,
    environment,
    tier,
    scopes,
    ipRules,
    createdAt,
    notBefore,
    expiresAt,
    daysUntilExpiry,
    lastUsedAt,
    revokedAt: key.revokedAt,
    version: key.version,
    secrets: key.secrets,
  };
}
