import type { KeyView } from 'latchkey/client';
import { createKey } from '../../../contract/calls/keys.js';
import type { Difference } from '../../../ui/dialogs/changed-note.js';
import { formatExact } from '../../../ui/text/format.js';
import { textOfLimits } from '../../limits/index.js';
import { valuesOf, type KeyFormValues } from './key-form-values.js';

/** Returns what somebody else changed since the form began with `before`, in the order of the form. */
export function differencesOf(before: KeyView, latest: KeyView, typed: KeyFormValues): readonly Difference[] {
  const [was, now] = [rowsOf(valuesOf(before)), rowsOf(valuesOf(latest))];
  const mine = rowsOf(typed);
  const differences = Object.keys(was).flatMap((label) => {
    const [old, current, wanted] = [was[label] ?? '', now[label] ?? '', mine[label] ?? ''];
    return old === current || isUsed(label, old, current) ? [] : [{ label, now: current, typed: wanted === old ? null : wanted }];
  });
  const expiry = (key: KeyView): string => (key.expiresAt === null ? 'never' : formatExact(key.expiresAt));
  if (before.expiresAt !== latest.expiresAt) {
    const wanted = typed.expiry === 'date' ? typed.expiryDate : typed.expiry;
    differences.push({ label: createKey.expiresIn.label, now: expiry(latest), typed: wanted === 'keep' ? null : wanted });
  }
  if (before.status !== latest.status) differences.push({ label: 'Status', now: latest.status, typed: null });
  return differences;
}

/** Uses of the key spend credits, and change no version. */
function isUsed(label: string, old: string, current: string): boolean {
  return label === createKey['credits.remaining'].label && old !== '' && current !== '' && Number(current) < Number(old);
}

function rowsOf(values: KeyFormValues): Readonly<Record<string, string>> {
  return {
    [createKey.name.label]: values.name,
    [createKey.tier.label]: values.tier,
    [createKey.description.label]: values.description,
    [createKey.tags.label]: values.tags.join(', '),
    [createKey.scopes.label]: values.scopes.join(', '),
    [createKey.ipRules.label]: values.ipRules.join(', '),
    [createKey['credits.remaining'].label]: values.hasCredits ? String(values.credits) : '',
    [createKey['credits.refill.mode'].label]:
      values.hasCredits && values.refill !== 'none' ? `${values.refill} ${values.refillAmount} every ${values.refillEvery}` : '',
    Bounds: values.bounds === null ? '' : JSON.stringify(values.bounds),
    [createKey.limits.label]: textOfLimits(values.limits),
    [createKey.metadata.label]: values.metadata,
  };
}
