/** The inputs that only the service reads: what signs in, and queries that say otherwise what a call of the engine takes. */
import type * as v from 'valibot';
import { checkLogQuery, exportEventsInput } from './calls/events.js';
import { readInput } from './read.js';
import { createPortalLinkInput, openPortalInput, signInInput, startOidcInput } from './calls/sessions.js';

export interface InputReader<Output> {
  /** To describe it. */
  readonly shape: object;
  /** Throws an InvalidInputError that lists every problem. */
  read(given: unknown): Output;
}

function readerOf<S extends v.GenericSchema>(shape: S): InputReader<v.InferOutput<S>> {
  return { shape, read: (given) => readInput(shape, given) };
}

export const SERVICE_INPUTS = {
  signIn: readerOf(signInInput),
  startOidc: readerOf(startOidcInput),
  portalLink: readerOf(createPortalLinkInput),
  openPortal: readerOf(openPortalInput),
  checkLog: readerOf(checkLogQuery),
  exportLog: readerOf(exportEventsInput),
};
