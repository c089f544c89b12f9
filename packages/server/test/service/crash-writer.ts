/**
 * One client that changes the keys of one owner, one change after the other, and notes what was acknowledged. After a
 * crash it settles what became of the one change whose answer was lost, and holds everything against its notes.
 */
import { expect } from 'vitest';
import type { Ask, Fields, Reply } from './ask.js';
import type { Dice } from './dice.js';

/** A key as the answers that came say it is. */
export interface KnownKey {
  readonly id: string;
  /** As the last change answered it. */
  view: Fields;
  disabled: boolean;
  /** Every token that was shown, and whether a rotation ended it. The newest is last. */
  readonly tokens: { readonly token: string; ended: boolean }[];
  /** What the log has of it. */
  readonly actions: string[];
}

interface Change {
  readonly kind: 'create' | 'rotate' | 'update' | 'disable' | 'enable' | 'revoke' | 'suspend' | 'resume';
  readonly key: KnownKey | null;
  readonly path: string;
  readonly method: string;
  readonly body: Fields;
  readonly headers: Readonly<Record<string, string>>;
}

interface Repeatable {
  readonly change: Change;
  readonly keyId: string;
  readonly token: string;
  /** On the clock of this process, in milliseconds. */
  readonly answeredAt: number;
}

const ACTIONS = {
  create: 'key.created',
  rotate: 'key.rotated',
  update: 'key.updated',
  disable: 'key.disabled',
  enable: 'key.enabled',
  revoke: 'key.revoked',
  suspend: 'owner.suspended',
  resume: 'owner.resumed',
} as const;

/** As many of its secrets a key is shown with, the newest; the current one is always among them. */
const SECRETS_SHOWN = 10;

/** For so long, at least, a token is in the answer to a repeated request. */
const TOKEN_REPEATED_MS = 8 * 60_000;

/** Returns whether a key may be rotated with a grace: it keeps five valid tokens at most. */
function hasRoom({ view }: KnownKey): boolean {
  const valid = (view['secrets'] as Fields[]).filter(({ validUntil }) => validUntil === null || Date.parse(validUntil) > Date.now());
  return valid.length < 5;
}

/** Changes go to the newest keys, so that each has several. */
const KEYS_IN_USE = 12;

export class CrashWriter {
  readonly owner: string;
  readonly keys: KnownKey[] = [];
  /** What the log has of the owner. */
  readonly ownerActions: string[] = [];
  /** Answered changes that carried an idempotency key. */
  readonly repeatables: Repeatable[] = [];
  readonly #dice: Dice;
  readonly #touched = new Set<KnownKey>();
  #suspended = false;
  #serial = 0;
  #lost: Change | null = null;

  constructor(owner: string, dice: Dice) {
    this.owner = owner;
    this.#dice = dice;
  }

  /** Makes one change; false where it was not answered whether it was made. */
  async step(ask: Ask): Promise<boolean> {
    const change = this.#choose();
    this.#lost = change;
    let reply: Reply;
    try {
      reply = await ask(change.path, change);
    } catch {
      return false;
    }
    // Unavailable: whether it happened is not said.
    if (reply.status === 503) return false;
    this.#note(change, reply);
    return true;
  }

  /** Finds out whether the change whose answer was lost happened, entirely or not at all; repeats it where that is safe. */
  async settle(ask: Ask): Promise<void> {
    const lost = this.#lost;
    if (lost === null) return;
    if ('idempotency-key' in lost.headers) await this.#repeatLost(lost, ask);
    else if (lost.kind === 'create') await this.#settleCreation(lost, ask);
    else if (lost.key === null) await this.#settleSuspension(lost, ask);
    else await this.#settleKey(lost, lost.key, ask);
    this.#lost = null;
  }

  /** For a service that was told to stop: the change that was not answered did not happen. */
  async expectLostUndone(ask: Ask): Promise<void> {
    const known = [this.keys.length, ...this.keys.map((key) => key.actions.length), this.ownerActions.length];
    const lost = this.#lost;
    this.#lost = lost === null ? null : { ...lost, headers: {} };
    await this.settle(ask);
    expect([this.keys.length, ...this.keys.map((key) => key.actions.length), this.ownerActions.length], lost?.kind).toEqual(known);
  }

  /** Holds every key that was changed since the last check against what was acknowledged, then forgets which those are. */
  async check(ask: Ask): Promise<void> {
    for (const key of this.#touched) await this.checkKey(key, ask);
    const live = [...this.#touched].flatMap((key) => key.tokens.map((shown) => ({ key, ...shown })));
    for (let start = 0; start < live.length; start += 100) {
      const part = live.slice(start, start + 100);
      const requests = part.map(({ token }) => ({ token }));
      const { json } = await ask('/v1/keys/verify-batch', { body: { requests } });
      const codes = (json['results'] as Fields[]).map((verdict) => verdict['code'] as string);
      expect(codes).toEqual(part.map(({ key, ended }) => (ended ? 'revoked' : this.#verdictOf(key))));
    }
    this.#touched.clear();
  }

  async checkKey(key: KnownKey, ask: Ask): Promise<void> {
    const { status, json } = await ask(`/v1/keys/${key.id}`);
    expect(status, `the acknowledged key ${key.id}`).toBe(200);
    expect(steady(json)).toEqual(steady(key.view));
    expect(json['status']).toBe(this.#statusOf(key));
    expect(json['secrets'].filter(({ validUntil }: Fields) => validUntil === null)).toHaveLength(1);
    const log = (await ask(`/v1/events?key=${key.id}&order=oldest&limit=100`)).json['data'] as Fields[];
    expect(log.map((event) => event['action'])).toEqual(key.actions);
    const logged = log.flatMap((event) => (event['after'].secret?.id as string | undefined) ?? []);
    expect(secretIds(key.view)).toEqual(logged.toReversed().slice(0, SECRETS_SHOWN));
  }

  /** Repeats answered requests with their idempotency keys: the same answer, no second key. */
  async repeat(count: number, ask: Ask): Promise<void> {
    for (let i = 0; i < count && this.repeatables.length > 0; i++) {
      const [first, ...others] = this.repeatables;
      if (first === undefined) return;
      const { change, keyId, token, answeredAt } = this.#dice.pick([first, ...others]);
      const { json, headers } = await ask(change.path, change);
      expect([json['key'].id, headers.get('idempotency-replayed')]).toEqual([keyId, 'true']);
      // Compared here: what the runner compares it prints, and a token must not be.
      const isToken = json['token'] === token;
      const isGone = json['token'] === null && performance.now() - answeredAt > TOKEN_REPEATED_MS;
      expect(isToken || isGone, `the token of ${keyId}, repeated`).toBe(true);
    }
  }

  #choose(): Change {
    const usable = this.keys.slice(-KEYS_IN_USE).filter(({ view }) => view['revokedAt'] === null);
    const [first, ...others] = usable;
    const roll = this.#dice.below(100);
    if (first === undefined || roll < 25) return this.#creation();
    if (roll < 30) return this.#ownerChange(this.#suspended ? 'resume' : 'suspend');
    const key = this.#dice.pick([first, ...others]);
    if (roll < 55)
      return this.#keyChange(
        key,
        'rotate',
        { grace: hasRoom(key) ? this.#dice.pick<string | number>([0, '1h']) : 0 },
        this.#maybeRepeatable(),
      );
    if (roll < 75) return this.#keyChange(key, 'update', { name: `renamed ${this.#serial++}`, metadata: { revision: this.#serial } });
    if (roll < 92) return this.#keyChange(key, key.disabled ? 'enable' : 'disable', { reason: 'a reason' });
    return this.#keyChange(key, 'revoke', { reason: `revoked ${this.#serial++}` });
  }

  #creation(): Change {
    const name = `${this.owner} key ${this.#serial++}`;
    const credits = this.#dice.pick([{ credits: { remaining: 7 } }, {}]);
    const body = {
      name,
      owner: this.owner,
      scopes: ['articles:read'],
      metadata: { name },
      expiresAt: '2099-01-01T00:00:00.000Z',
      ...credits,
    };
    return { kind: 'create', key: null, path: '/v1/keys', method: 'POST', body, headers: this.#maybeRepeatable() };
  }

  #ownerChange(kind: 'suspend' | 'resume'): Change {
    // Without a key there is no owner yet.
    if (this.keys.length === 0) return this.#creation();
    return { kind, key: null, path: `/v1/owners/${this.owner}/${kind}`, method: 'POST', body: { reason: 'a reason' }, headers: {} };
  }

  #keyChange(key: KnownKey, kind: 'rotate' | 'update' | 'disable' | 'enable' | 'revoke', body: Fields, headers = {}): Change {
    const path = `/v1/keys/${key.id}`;
    if (kind === 'update') return { kind, key, path, method: 'PATCH', body, headers };
    return { kind, key, path: `${path}/${kind}`, method: 'POST', body, headers };
  }

  #maybeRepeatable(): Readonly<Record<string, string>> {
    return this.#dice.below(2) === 0 ? {} : { 'idempotency-key': crypto.randomUUID() };
  }

  #note(change: Change, { status, json }: Reply): void {
    expect([change.kind, status, json['code']]).toEqual([change.kind, change.kind === 'create' ? 201 : 200, undefined]);
    if (change.kind === 'suspend' || change.kind === 'resume') this.#noteOwner(change.kind);
    else this.#noteKey(change, json['key'], json['token']);
    if ('idempotency-key' in change.headers) {
      this.repeatables.push({ change, keyId: json['key'].id, token: json['token'], answeredAt: performance.now() });
    }
    this.#lost = null;
  }

  #noteOwner(kind: 'suspend' | 'resume'): void {
    this.#suspended = kind === 'suspend';
    this.ownerActions.push(ACTIONS[kind]);
  }

  /** `token` undefined: the change issues none, or it was lost with the answer. */
  #noteKey(change: Change, view: Fields, token: string | undefined): void {
    const key = change.key ?? { id: view['id'] as string, view, disabled: false, tokens: [], actions: [] };
    if (change.key === null) this.keys.push(key);
    else expect(secretIds(view)).toEqual(change.kind === 'rotate' ? rotatedIds(view, key.view) : secretIds(key.view));
    if (change.kind === 'rotate' && change.body['grace'] === 0) for (const shown of key.tokens) shown.ended = true;
    if (change.kind === 'disable' || change.kind === 'enable') key.disabled = change.kind === 'disable';
    if (token !== undefined) key.tokens.push({ token, ended: false });
    key.view = view;
    key.actions.push(ACTIONS[change.kind]);
    this.#touched.add(key);
  }

  async #repeatLost(lost: Change, ask: Ask): Promise<void> {
    this.#note(lost, await ask(lost.path, lost));
    if (lost.kind === 'create') expect(await this.#named(lost.body['name'], ask)).toHaveLength(1);
  }

  async #named(wanted: string, ask: Ask): Promise<readonly Fields[]> {
    const { json } = await ask(`/v1/keys?owner=${this.owner}&search=${encodeURIComponent(wanted)}&limit=100`);
    return (json['data'] as Fields[]).filter(({ name }) => name === wanted);
  }

  async #settleCreation(lost: Change, ask: Ask): Promise<void> {
    const found = await this.#named(lost.body['name'], ask);
    expect(found.length).toBeLessThanOrEqual(1);
    const [view] = found;
    if (view === undefined) return;
    const { credits, ...body } = lost.body;
    expect(view).toMatchObject({ ...body, credits: credits ?? null });
    this.#noteKey(lost, view, undefined);
  }

  async #settleSuspension(lost: Change, ask: Ask): Promise<void> {
    if (lost.kind !== 'suspend' && lost.kind !== 'resume') return;
    const { json } = await ask(`/v1/owners/${this.owner}`);
    if ((json['status'] === 'suspended') !== this.#suspended) this.#noteOwner(lost.kind);
  }

  async #settleKey(lost: Change, key: KnownKey, ask: Ask): Promise<void> {
    this.#touched.add(key);
    const { json } = await ask(`/v1/keys/${key.id}`);
    const expected = afterChange(lost, key, json);
    if (expected === null) return;
    expect(steady(json)).toEqual(steady(expected));
    this.#noteKey(lost, json, undefined);
  }

  #statusOf({ view, disabled }: KnownKey): string {
    if (view['revokedAt'] !== null) return 'revoked';
    if (disabled) return 'disabled';
    return this.#suspended ? 'suspended' : 'active';
  }

  #verdictOf(key: KnownKey): string {
    const verdicts: Readonly<Record<string, string>> = { active: 'valid', suspended: 'owner_suspended' };
    const status = this.#statusOf(key);
    if (verdicts[status] === 'valid' && key.view['credits'] !== null) return this.#spendOne(key);
    return verdicts[status] ?? status;
  }

  /** A key with a budget is down by one with each verification that is held against the notes. */
  #spendOne(key: KnownKey): string {
    const { remaining } = key.view['credits'] as { remaining: number };
    if (remaining === 0) return 'credits_exhausted';
    key.view = { ...key.view, credits: { ...key.view['credits'], remaining: remaining - 1 } };
    return 'valid';
  }
}

/** The key as the lost change would have left it; null where it did not happen. What only the service knows is taken from `now`. */
function afterChange({ kind, body }: Change, { view, disabled }: KnownKey, now: Fields): Fields | null {
  const changed = { ...view, version: Number(view['version']) + 1 };
  switch (kind) {
    case 'rotate': {
      const [newest, ...older] = now['secrets'] as Fields[];
      if (newest === undefined || newest['id'] === secretIds(view)[0]) return null;
      expect(secretIds(now)).toEqual(rotatedIds(now, view));
      expect(older.map(({ validUntil }) => validUntil as string | null)).not.toContain(null);
      return { ...changed, hint: newest['hint'], secrets: now['secrets'] };
    }
    case 'update':
      return now['name'] === view['name'] ? null : { ...changed, ...body };
    case 'disable':
    case 'enable':
      return (now['status'] === 'disabled') === disabled ? null : changed;
    case 'revoke':
      if (now['revokedAt'] === null) return null;
      return { ...changed, revokedAt: now['revokedAt'], revokedBy: 'admin', revokedReason: body['reason'] };
    case 'create':
    case 'suspend':
    case 'resume':
      return null;
  }
}

/** What of a key changes through changes alone: neither with its use nor with time, nor with its owner. */
function steady(view: Fields): Fields {
  const { lastUsedAt: _at, lastUsedFrom: _from, requests: _requests, daysUntilExpiry: _days, status: _status, secrets, ...rest } = view;
  return { ...rest, secrets: (secrets as Fields[]).map(({ lastUsedAt: _used, ...secret }) => secret) };
}

/** The ids that a key shows once a rotation has added the first of `now` to those of `before`. */
function rotatedIds(now: Fields, before: Fields): string[] {
  return [...secretIds(now).slice(0, 1), ...secretIds(before)].slice(0, SECRETS_SHOWN);
}

function secretIds(view: Fields): string[] {
  return (view['secrets'] as Fields[]).map(({ id }) => id as string);
}
