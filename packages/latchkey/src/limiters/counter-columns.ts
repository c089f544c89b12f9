/**
 * Counters in columns of numbers: which limit, when, how much, until when. A place is the number at which a counter is. Columns come
 * in blocks, so that none is ever copied. A log of charges is an object beside the columns.
 */
import type { LimitState } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';

/** Another subject may get a place once it is given back. */
export type Place = number;

/** No place. */
export const NOWHERE: Place = -1;

/** One counter of a subject. A limit's counter is known by its name, algorithm and window. */
export interface Counter {
  readonly name: string;
  readonly state: LimitState;
  /** Epoch milliseconds from which the state says nothing any more. */
  readonly expiresAt: number;
}

/** The part of a decision that is kept. */
export interface Kept {
  readonly next: LimitState;
  readonly resetAt: number;
}

/** The two things that tell the counters of one name apart. */
export type Ruled = Pick<Limit, 'algorithm' | 'windowMs'>;

export interface CounterColumns {
  /** Every place is below it. */
  readonly end: Place;
  /** Takes a place without a counter, which leads nowhere. */
  take(id: string | undefined): Place;
  giveBack(place: Place): void;
  /** Gives all of them back, with their memory. */
  reset(): void;
  /** The subject that the place was taken for; undefined for a further counter and for a place that was given back. */
  idAt(place: Place): string | undefined;
  nextOf(place: Place): Place;
  lead(from: Place, to: Place): void;
  /** Takes the counter from a place, which then leads nowhere. */
  clear(place: Place): void;
  hasCounter(place: Place): boolean;
  isOf(place: Place, name: string, ruled: Ruled): boolean;
  stateAt(place: Place): LimitState;
  counterAt(place: Place): Counter;
  /** `expiresAt` of the counter. */
  endOf(place: Place): number;
  write(place: Place, name: string, kept: Kept): void;
}

const BLOCK_BITS = 12;
const BLOCK_SIZE = 1 << BLOCK_BITS;
const BLOCK_MASK = BLOCK_SIZE - 1;

/** Kinds of a place: without a counter, with one that is an object, and from here on an index of `shapes`. */
const NONE = 0;
const OBJECT = 1;
const FIRST_SHAPE = 2;
/** Shapes that are told apart. Callers name limits, too: counters of further shapes are objects. */
const SHAPES_MAX = 4_096;

/** What the counters of a limit have in common. */
interface Shape {
  readonly name: string;
  readonly algorithm: 'fixed-window' | 'token-bucket';
  readonly windowMs: number;
}

interface Block {
  readonly ids: (string | undefined)[];
  readonly kinds: Uint16Array;
  /** The place of the subject's next counter, or `NOWHERE`. */
  readonly nexts: Int32Array;
  /** `start` of a fixed window, `at` of a token bucket. */
  readonly times: Float64Array;
  /** `used` of a fixed window, `debt` of a token bucket. */
  readonly amounts: Float64Array;
  readonly ends: Float64Array;
}

export function createCounterColumns(): CounterColumns {
  const blocks: Block[] = [];
  const { shapeOf, kindFor } = createShapes();
  const objects = new Map<Place, Counter>();
  let free: Place[] = [];
  let end = 0;

  const blockOf = (place: Place): Block => blocks[place >>> BLOCK_BITS] as Block;
  const kindAt = (place: Place): number => blockOf(place).kinds[place & BLOCK_MASK] as number;
  const endOf = (place: Place): number => blockOf(place).ends[place & BLOCK_MASK] as number;

  function clear(place: Place): void {
    if (kindAt(place) === OBJECT) objects.delete(place);
    blockOf(place).kinds[place & BLOCK_MASK] = NONE;
    blockOf(place).nexts[place & BLOCK_MASK] = NOWHERE;
  }

  function stateAt(place: Place): LimitState {
    const kind = kindAt(place);
    if (kind === OBJECT) return (objects.get(place) as Counter).state;
    const { algorithm, windowMs } = shapeOf(kind);
    const { times, amounts } = blockOf(place);
    const [time, amount] = [times[place & BLOCK_MASK] as number, amounts[place & BLOCK_MASK] as number];
    return algorithm === 'fixed-window'
      ? { algorithm, windowMs, start: time, used: amount }
      : { algorithm, windowMs, at: time, debt: amount };
  }

  return {
    get end() {
      return end;
    },
    take(id) {
      const place = free.pop() ?? end++;
      if (place >>> BLOCK_BITS === blocks.length) blocks.push(createBlock());
      clear(place);
      blockOf(place).ids[place & BLOCK_MASK] = id;
      return place;
    },
    giveBack(place) {
      clear(place);
      blockOf(place).ids[place & BLOCK_MASK] = undefined;
      free.push(place);
    },
    reset() {
      blocks.length = 0;
      objects.clear();
      free = [];
      end = 0;
    },
    idAt: (place) => (place < end ? blockOf(place).ids[place & BLOCK_MASK] : undefined),
    nextOf: (place) => blockOf(place).nexts[place & BLOCK_MASK] as Place,
    lead(from, to) {
      blockOf(from).nexts[from & BLOCK_MASK] = to;
    },
    clear,
    hasCounter: (place) => kindAt(place) !== NONE,
    isOf(place, name, { algorithm, windowMs }) {
      const kind = kindAt(place);
      if (kind === NONE) return false;
      if (kind !== OBJECT) {
        const shape = shapeOf(kind);
        return shape.name === name && shape.windowMs === windowMs && shape.algorithm === algorithm;
      }
      const counter = objects.get(place) as Counter;
      return counter.name === name && counter.state.windowMs === windowMs && counter.state.algorithm === algorithm;
    },
    stateAt,
    counterAt(place) {
      const kind = kindAt(place);
      if (kind === OBJECT) return objects.get(place) as Counter;
      return { name: shapeOf(kind).name, state: stateAt(place), expiresAt: endOf(place) };
    },
    endOf,
    write(place, name, kept) {
      const { next, resetAt } = kept;
      const at = place & BLOCK_MASK;
      const block = blockOf(place);
      // A place holds one limit's counter for as long as it holds any.
      const kind = kindAt(place) === NONE ? kindFor(name, next) : kindAt(place);
      block.kinds[at] = kind;
      block.ends[at] = resetAt;
      if (kind === OBJECT) objects.set(place, { name, state: next, expiresAt: resetAt });
      if (kind === OBJECT || next.algorithm === 'sliding-window') return;
      block.times[at] = next.algorithm === 'fixed-window' ? next.start : next.at;
      block.amounts[at] = next.algorithm === 'fixed-window' ? next.used : next.debt;
    },
  };
}

function createShapes() {
  const shapes: Shape[] = [];
  const kinds = new Map<string, number>();
  return {
    shapeOf: (kind: number): Shape => shapes[kind - FIRST_SHAPE] as Shape,
    /** The kind of a place that holds such a counter in its columns; `OBJECT` where columns cannot hold it. */
    kindFor(name: string, { algorithm, windowMs }: Ruled): number {
      if (algorithm === 'sliding-window') return OBJECT;
      const text = `${name}:${algorithm}:${windowMs}`;
      const known = kinds.get(text);
      if (known !== undefined) return known;
      if (shapes.length === SHAPES_MAX) return OBJECT;
      const kind = FIRST_SHAPE + shapes.push({ name, algorithm, windowMs }) - 1;
      kinds.set(text, kind);
      return kind;
    },
  };
}

function createBlock(): Block {
  return {
    ids: Array.from<undefined>({ length: BLOCK_SIZE }),
    kinds: new Uint16Array(BLOCK_SIZE),
    nexts: new Int32Array(BLOCK_SIZE),
    times: new Float64Array(BLOCK_SIZE),
    amounts: new Float64Array(BLOCK_SIZE),
    ends: new Float64Array(BLOCK_SIZE),
  };
}
