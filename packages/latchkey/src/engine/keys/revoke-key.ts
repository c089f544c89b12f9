/** Taking a key out of use: revoked for good, or disabled and enabled again. All are safe to repeat. */
import type { CallContext } from '../../domain/actor.js';
import type { EventAction } from '../../domain/event.js';
import type { KeyRecord } from '../../domain/key.js';
import type { IfMatch } from '../../contract/call-options.js';
import { readInput } from '../../contract/index.js';
import { reasonInput } from '../../contract/calls/key-inputs.js';
import { draftEvent } from '../changes/change.js';
import {
  actorName,
  assertMatches,
  findKey,
  LIBRARY_CONTEXT,
  readKeyView,
  type UseCaseParts,
  type KeyUseCases,
} from '../changes/context.js';
import { loggedFields } from '../fields/key-events.js';
import { assertRotatable } from './rotate-key.js';

/** What becomes of a key; null where it is so already. May throw where it must not be. */
type Switch = (
  key: KeyRecord,
  at: { readonly now: number; readonly reason: string | null; readonly context: CallContext },
) => Partial<KeyRecord> | null;

export function createRevokeKey(parts: UseCaseParts): KeyUseCases['revoke'] {
  return createSwitch(parts, 'key.revoked', (key, { now, reason, context }) =>
    key.revokedAt !== null ? null : revocation({ now, reason, context }),
  );
}

export function createDisableKey(parts: UseCaseParts): KeyUseCases['disable'] {
  return createSwitch(parts, 'key.disabled', (key, { now }) => {
    if (key.disabledAt !== null) return null;
    assertRotatable(key, now);
    return { disabledAt: now };
  });
}

export function createEnableKey(parts: UseCaseParts): KeyUseCases['enable'] {
  return createSwitch(parts, 'key.enabled', (key, { now }) => {
    assertRotatable(key, now);
    return key.disabledAt === null ? null : { disabledAt: null };
  });
}

export function revocation(at: { now: number; reason: string | null; context: CallContext }): Partial<KeyRecord> {
  return { revokedAt: at.now, revokedBy: actorName(at.context.actor), revokedReason: at.reason };
}

function createSwitch(parts: UseCaseParts, action: EventAction, become: Switch): KeyUseCases['revoke'] {
  const { apply } = parts;
  return async (id, options = {}, context: CallContext & IfMatch = LIBRARY_CONTEXT) => {
    const reason = readInput(reasonInput, options).reason || null;
    const applied = await apply({ context, scope: 'keys:write' }, async (change, now, may) => {
      const key = await findKey(change, id);
      await may.assertMayChange(key);
      assertMatches('key', key, context);
      const after = become(key, { now, reason, context });
      if (after === null) return;
      await change.keys.update(id, after);
      const body = { action, target: { type: 'key' as const, id }, owner: key.owner, reason, after: loggedFields(after) };
      await change.append(draftEvent(body, context, now));
    });
    const [propagation, key] = await Promise.all([applied.propagate(), readKeyView(parts, id)]);
    return { key, propagation };
  };
}
