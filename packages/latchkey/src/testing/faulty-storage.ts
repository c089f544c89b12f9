/** A store that fails when told to, and waits where told to: for tests of what is built on one. */
import { UnavailableError } from '../domain/errors.js';
import type { Catalog } from '../ports/catalog.js';
import type { Census } from '../ports/census.js';
import type { CounterStore } from '../ports/counter-store.js';
import type { CreditStore } from '../ports/credit-store.js';
import type { EventLog } from '../ports/event-log.js';
import type { Change, KeyStore } from '../ports/key-store.js';
import type { NodeStore } from '../ports/node-store.js';
import type { SharedCounters } from '../ports/shared-counters.js';
import type { Storage } from '../ports/storage.js';
import type { SessionStore } from '../ports/session-store.js';
import type { UsageStore } from '../ports/usage-store.js';

/** Every method of every port, and of a change, by its path: `keys.findByDigests`, `change.secrets.insert`. */
export type StorageCall =
  | 'check'
  | `keys.${keyof KeyStore}`
  | `catalog.${keyof Catalog}`
  | `census.${keyof Census}`
  | `events.${keyof EventLog}`
  | `credits.${keyof CreditStore}`
  | `counters.${keyof CounterStore}`
  | `sharedCounters.${keyof SharedCounters}`
  | `usage.${keyof UsageStore}`
  | `nodes.${Exclude<keyof NodeStore, 'listen'>}`
  | `sessions.${keyof SessionStore}`
  | 'change.append'
  | 'change.appendAll'
  | { [Part in ChangePart]: `change.${Part}.${keyof Change[Part] & string}` }[ChangePart];

type ChangePart = Exclude<keyof Change, 'append' | 'appendAll'>;

/** `before`: without having done anything. `after`: having done it, in place of the answer. */
export type FaultPoint = 'before' | 'after';

export interface Gate {
  /** Resolves when a call has come to the gate and waits. */
  readonly reached: Promise<void>;
  /** Lets that call go on, or lets it pass if it has not come yet. */
  release(): void;
}

export interface FaultyStorage {
  /** The store to hand to what is tested. Its `close` neither counts nor fails. */
  readonly storage: Storage;
  /** The calls since the start or the last `reset`, in the order in which they began. */
  calls(): readonly StorageCall[];
  /**
   * The `n`-th call from now (1 is the next) fails with an UnavailableError, once. `after` on `keys.change`
   * fails when the change has been committed; on a call inside a change, it makes the change roll back.
   */
  failAt(n: number, point: FaultPoint): void;
  /** Every call fails before it does anything, until `mend`. */
  breakDown(): void;
  mend(): void;
  /** Holds the next call of this name: before it begins, or when it is done and has not answered. */
  gate(call: StorageCall, point: FaultPoint): Gate;
  /** Forgets the calls and the faults that are still to come; opens every gate. */
  reset(): void;
}

export function createFaultyStorage(real: Storage): FaultyStorage {
  const control = createControl();
  const { intercept } = control;
  return {
    ...control,
    storage: {
      keys: {
        ...wrapPort('keys', real.keys, intercept),
        change: (work) => intercept('keys.change', () => real.keys.change((change) => work(wrapChange(change, intercept)))),
      },
      catalog: wrapPort('catalog', real.catalog, intercept),
      census: wrapPort('census', real.census, intercept),
      events: wrapPort('events', real.events, intercept),
      credits: wrapPort('credits', real.credits, intercept),
      counters: wrapPort('counters', real.counters, intercept),
      sharedCounters: real.sharedCounters && wrapPort('sharedCounters', real.sharedCounters, intercept),
      usage: wrapPort('usage', real.usage, intercept),
      nodes: { ...wrapPort('nodes', real.nodes, intercept), listen: (hint) => real.nodes.listen(hint) },
      sessions: wrapPort('sessions', real.sessions, intercept),
      check: () => intercept('check', () => real.check()),
      close: () => real.close(),
    },
  };
}

type Intercept = <T>(call: StorageCall, run: () => Promise<T>) => Promise<T>;

interface HeldGate {
  readonly call: StorageCall;
  readonly point: FaultPoint;
  readonly reach: () => void;
  readonly opened: Promise<void>;
  readonly release: () => void;
  /** Whether a call waits at it already. */
  taken: boolean;
}

function createControl(): Omit<FaultyStorage, 'storage'> & { readonly intercept: Intercept } {
  const calls: StorageCall[] = [];
  const gates = new Set<HeldGate>();
  const faults = new Map<number, FaultPoint>();
  let begun = 0;
  let broken = false;

  async function pass(call: StorageCall, point: FaultPoint): Promise<void> {
    const gate = [...gates].find((held) => !held.taken && held.call === call && held.point === point);
    if (gate === undefined) return;
    gate.taken = true;
    gate.reach();
    await gate.opened;
    gates.delete(gate);
  }

  return {
    async intercept(call, run) {
      begun += 1;
      calls.push(call);
      const fault = broken ? 'before' : faults.get(begun);
      faults.delete(begun);
      await pass(call, 'before');
      if (fault === 'before') throw failureOf(call);
      const answer = await run();
      await pass(call, 'after');
      if (fault === 'after') throw failureOf(call);
      return answer;
    },
    calls: () => [...calls],
    failAt: (n, point) => void faults.set(begun + n, point),
    breakDown: () => void (broken = true),
    mend: () => void (broken = false),
    gate(call, point) {
      const reached = signal();
      const opened = signal();
      const held = { call, point, reach: reached.fire, opened: opened.fired, release: opened.fire, taken: false };
      gates.add(held);
      return {
        reached: reached.fired,
        release() {
          gates.delete(held);
          held.release();
        },
      };
    },
    reset() {
      calls.length = 0;
      faults.clear();
      broken = false;
      for (const gate of gates) gate.release();
      gates.clear();
    },
  };
}

function failureOf(call: StorageCall): UnavailableError {
  return new UnavailableError('store', { cause: new Error(`fault injected into ${call}`) });
}

function wrapChange(change: Change, intercept: Intercept): Change {
  return {
    keys: wrapPort('change.keys', change.keys, intercept),
    secrets: wrapPort('change.secrets', change.secrets, intercept),
    owners: wrapPort('change.owners', change.owners, intercept),
    tiers: wrapPort('change.tiers', change.tiers, intercept),
    credits: wrapPort('change.credits', change.credits, intercept),
    idempotency: wrapPort('change.idempotency', change.idempotency, intercept),
    sessions: wrapPort('change.sessions', change.sessions, intercept),
    peppers: wrapPort('change.peppers', change.peppers, intercept),
    log: wrapPort('change.log', change.log, intercept),
    append: (draft) => intercept('change.append', () => change.append(draft)),
    appendAll: (drafts) => intercept('change.appendAll', () => change.appendAll(drafts)),
  };
}

/** The same methods behind the control, whether the port is a plain object or an instance of a class. */
function wrapPort<Port extends object>(path: string, port: Port, intercept: Intercept): Port {
  const wrapped = methodNames(port).map((name) => {
    const method = Reflect.get(port, name) as (...parameters: unknown[]) => Promise<unknown>;
    const call = `${path}.${name}` as StorageCall;
    return [name, (...parameters: unknown[]) => intercept(call, () => method.apply(port, parameters))];
  });
  return Object.fromEntries(wrapped) as Port;
}

function methodNames(port: object): readonly string[] {
  const names = new Set<string>();
  for (let level: object | null = port; level !== null && level !== Object.prototype; level = Reflect.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  }
  names.delete('constructor');
  return [...names].filter((name) => typeof Reflect.get(port, name) === 'function');
}

function signal(): { readonly fired: Promise<void>; fire(): void } {
  let fire = (): void => undefined;
  const fired = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}
