import type { Packed } from '../packed.js';
import { askFor } from './ask-for.js';

/** Returns the tarball of the library, which all test files of a run share. */
export async function packedLibrary(): Promise<readonly Packed[]> {
  return JSON.parse(await askFor('packed-library')) as readonly Packed[];
}
