/**
 * Changing all keys that a filter admits, as one change: all of them, or none.
 *
 * The keys are found outside the change, where a read of a million keys keeps nobody waiting. The change then judges each of them
 * again. A key that no longer fits is a conflict; one that came to fit meanwhile is left alone, as if it had come later.
 */
import type * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { CallContext } from '../../domain/actor.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { EventAction } from '../../domain/event.js';
import type { KeyRecord } from '../../domain/key.js';
import type { KeyFilters } from '../../ports/key-store.js';
import { judge, readInput, type Refuse, type Rules } from '../../contract/index.js';
import { changeWhereInput, extendWhereInput } from '../../contract/calls/key-bulk.js';
import type { ChangedWhere } from '../api/index.js';
import type { Authority } from '../changes/authority.js';
import { draftEvent } from '../changes/change.js';
import { LIBRARY_CONTEXT, ownerFilterOf, type KeyUseCases, type UseCaseParts } from '../changes/context.js';
import { loggedFields } from '../fields/key-events.js';
import { expiryOf, judgeExpiry, judgeLifetime, judgePeriod } from './key-rules.js';
import type { LifetimeSettings } from '../runtime/settings.js';
import { revocation } from './revoke-key.js';

/** Keys that one statement reads or writes. */
const KEYS_AT_ONCE = 100;

type NewFields = Partial<Pick<KeyRecord, 'expiresAt' | 'disabledAt' | 'revokedAt' | 'revokedBy' | 'revokedReason'>>;

/** What becomes of each key. */
interface Changing {
  readonly action: EventAction;
  readonly mayBecome: NonNullable<KeyFilters['mayBecome']>;
  /** Throws where it cannot be done any more at `now`. */
  become(now: number): NewFields;
  /** Refuses a key that it cannot be done to. */
  judgeKey?(key: KeyRecord, refuse: Refuse): void;
  /** True where the change could give the key more than the actor holds. */
  readonly grants?: true;
}

type Asked = v.InferOutput<typeof changeWhereInput>;
type ExtendFields = v.InferOutput<typeof extendWhereInput>;

export function createChangeWhere(parts: UseCaseParts): Pick<KeyUseCases, 'revokeWhere' | 'disableWhere' | 'extendWhere'> {
  const { clock, settings } = parts;
  return {
    async revokeWhere(input, context = LIBRARY_CONTEXT) {
      const asked = readInput(changeWhereInput, input, judgeConfirmation);
      const become = (now: number) => revocation({ now, reason: asked.reason || null, context });
      return run(parts, asked, { changing: { action: 'key.revoked', mayBecome: 'revoked', become }, context });
    },
    async disableWhere(input, context = LIBRARY_CONTEXT) {
      const asked = readInput(changeWhereInput, input, judgeConfirmation);
      const become = (now: number) => ({ disabledAt: now });
      return run(parts, asked, { changing: { action: 'key.disabled', mayBecome: 'disabled', become }, context });
    },
    async extendWhere(input, context = LIBRARY_CONTEXT) {
      const asked = readInput(extendWhereInput, input, extendRules(clock.now(), settings));
      const become = (now: number) => {
        // Validated before anybody has to wait, and again when it is this change's turn: time has passed.
        judge(asked, extendRules(now, settings));
        return { expiresAt: expiryOf(asked, now) };
      };
      const judgeKey: Changing['judgeKey'] = (key, refuse) => {
        const ends = { ...key, expiresAt: expiryOf(asked, clock.now()) };
        judgePeriod(ends, asked.expiresIn === undefined ? '/expiresAt' : '/expiresIn', (pointer, message) =>
          refuse(pointer, `${key.id}: ${message}`),
        );
      };
      return run(parts, asked, { changing: { action: 'key.updated', mayBecome: 'extended', become, judgeKey, grants: true }, context });
    },
  };
}

/** A call that neither counts nor says a number would change however many there are. */
function judgeConfirmation(
  { expect, dryRun }: Pick<Partial<Asked>, 'expect' | 'dryRun'>,
  refuse: Refuse,
  isWrong: (field: string) => boolean,
): void {
  if (expect !== undefined && dryRun === true) refuse('/expect', 'Give either dryRun or expect, not both.');
  if (expect !== undefined || dryRun === true || isWrong('expect') || isWrong('dryRun')) return;
  refuse('/expect', 'Required. Use the number that the same call with dryRun: true tells as matched.');
}

function extendRules(now: number, settings: LifetimeSettings): Rules<ExtendFields> {
  return (fields, refuse, isWrong) => {
    judgeConfirmation(fields, refuse, isWrong);
    judgeExpiry(fields, now, refuse);
    if (isWrong('expiresAt') || isWrong('expiresIn')) return;
    if (fields.expiresAt !== undefined || fields.expiresIn !== undefined) return judgeLifetime(fields, { settings, now }, refuse);
    refuse('/expiresAt', 'Required. Give expiresAt or expiresIn.');
  };
}

interface Run {
  readonly changing: Changing;
  readonly context: CallContext;
}

async function run({ storage, clock, apply }: UseCaseParts, asked: Asked, { changing, context }: Run): Promise<ChangedWhere> {
  const { owner, ...others } = asked.where;
  const filters = { ...others, owner: ownerFilterOf(owner), mayBecome: changing.mayBecome, within: context.actor.bounds ?? undefined };
  const limit = BOUNDS.keysPerFilter;
  const ids = await storage.keys.listIds({ ...filters, now: clock.now(), limit: limit + 1, signal: context.signal });
  if (ids.length > limit) {
    throw new InvalidInputError([
      {
        pointer: '/where',
        message: `These filters admit more than ${limit} keys, the most that one call changes. Add a filter, such as a tag or an owner.`,
      },
    ]);
  }
  if (asked.dryRun === true) return { matched: ids.length, changed: 0, propagation: { applied: 0, lapsed: 0, pending: [] } };
  if (ids.length !== asked.expect)
    throw new ConflictError(
      'count_changed',
      `The filters admit ${ids.length} ${ids.length === 1 ? 'key' : 'keys'}, not ${asked.expect}. ${COUNT_AGAIN}`,
    );

  const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
    const fields = changing.become(now);
    let changed = 0;
    for (let start = 0; start < ids.length; start += KEYS_AT_ONCE) {
      const some = ids.slice(start, start + KEYS_AT_ONCE);
      const keys = await change.keys.findMatching(some, { ...filters, now });
      if (keys.length < some.length) throw changedSince();
      for (const key of keys) await assertMay(may, key, { changing, fields });
      const differing = keys.filter((key) => isChanged(key, fields));
      if (differing.length === 0) continue;
      await change.keys.updateAll(
        differing.map(({ id }) => id),
        fields,
      );
      const reason = asked.reason || null;
      await change.appendAll(differing.map((key) => draftEvent(entryOf(key, { changing, fields, reason }), context, now)));
      changed += differing.length;
    }
    return changed;
  });
  return { matched: ids.length, changed: applied.value, propagation: await applied.propagate() };
}

const COUNT_AGAIN = 'Count the keys again with a dry run, and confirm the new number.';

function changedSince(): ConflictError {
  return new ConflictError('count_changed', `One of the keys changed after it was counted. Nothing was changed. ${COUNT_AGAIN}`);
}

/** Throws a ForbiddenError, which names the key, for one that the actor could not have made; nothing is changed then. */
async function assertMay(
  may: Authority,
  key: KeyRecord,
  { changing, fields }: { readonly changing: Changing; readonly fields: NewFields },
): Promise<void> {
  judge(key, (_key, refuse) => changing.judgeKey?.(key, refuse));
  try {
    await may.assertMayChange(key);
    if (changing.grants === true) await may.assertMayGrant({ ...key, ...fields });
  } catch (error) {
    // The bounds of the operator were narrowed since the keys were found.
    if (error instanceof NotFoundError) throw changedSince();
    if (error instanceof ForbiddenError) throw new ForbiddenError(`${key.id}: ${error.message} Nothing was changed.`);
    throw error;
  }
}

function isChanged(key: KeyRecord, fields: NewFields): boolean {
  return (Object.keys(fields) as (keyof NewFields)[]).some((name) => fields[name] !== key[name]);
}

/** The entry that the same change of this key alone would have. */
function entryOf(
  { id, owner, expiresAt }: KeyRecord,
  {
    changing: { action, mayBecome },
    fields,
    reason,
  }: { readonly changing: Changing; readonly fields: NewFields; readonly reason: string | null },
) {
  const before = mayBecome === 'extended' ? loggedFields({ expiresAt }) : null;
  return { action, target: { type: 'key', id }, owner, reason, before, after: loggedFields(fields) } as const;
}
