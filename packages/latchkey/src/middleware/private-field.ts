/** A value that is kept with objects of somebody else, as a WeakMap would keep it. */
export interface PrivateField<Value> {
  of(object: object): Value | undefined;
  set(object: object, value: Value): void;
}

/** Is the object that it is given, so that a class which extends it puts its private fields there. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/**
 * A private field for objects that others make, which nobody else can see or copy. A WeakMap costs ten times as much and burdens the
 * collector: for one request, more than all the rest of a guard. It is used for frozen objects alone, for some engines let those have no
 * new private field either.
 */
export function createPrivateField<Value>(): PrivateField<Value> {
  const ofFrozen = new WeakMap<object, Value>();

  class Holder extends Given {
    #value: Value | undefined;

    static of(object: object): Value | undefined {
      if (#value in object) return object.#value;
      return Object.isExtensible(object) ? undefined : ofFrozen.get(object);
    }

    static set(object: object, value: Value): void {
      if (#value in object) object.#value = value;
      else if (Object.isExtensible(object)) new Holder(object).#value = value;
      else ofFrozen.set(object, value);
    }
  }
  return Holder;
}
