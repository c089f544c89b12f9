/** The values that guards set on requests, and the types by which the compiler knows that a guard has. */
import { ConfigurationError } from '../domain/errors.js';
import type { ApiKeyAuth } from './api-key-auth.js';
import type { Authentication } from './authenticator.js';

export interface SetByGuards {
  /** By `requireApiKey`. */
  readonly latchkey: ApiKeyAuth;
  /** By `authenticate`. */
  readonly auth: Authentication;
}

declare global {
  /** Names for types alone: no object has them. Global, so that two copies of the library in one program mean the same. */
  interface LatchkeyGuards {
    readonly latchkey: unique symbol;
    readonly auth: unique symbol;
  }
}

/**
 * Marks a type that all handlers of one route share, such as that of `res.locals` in Express. It is optional, so that what is not
 * marked fits as well.
 */
export type BehindGuard<Name extends keyof SetByGuards> = {
  readonly [Mark in LatchkeyGuards[Name]]?: { readonly set: SetByGuards[Name] };
};

/** The type of a value on a request whose handlers share the type `Shared`: it includes undefined unless that type is marked. */
export type SetOn<Shared, Name extends keyof SetByGuards> = NonNullable<
  (Shared & { readonly [Mark in LatchkeyGuards[Name]]?: { readonly set: SetByGuards[Name] | undefined } })[LatchkeyGuards[Name]]
>['set'];

/**
 * Returns what a guard has set on a request. Throws a ConfigurationError where no guard has, so that a route that lost its guard
 * answers with an error.
 */
export function setByGuard<Value>(value: Value | undefined, guard: 'requireApiKey' | 'authenticate'): Value {
  if (value !== undefined) return value;
  throw new ConfigurationError([
    `This request has passed no ${guard}. Put it before the handler: on the route, the router or the application.`,
  ]);
}
