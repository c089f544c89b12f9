/** Returns what to do where an optional package cannot be loaded: a part of an error's text. */
export function installing(name: string): string {
  return `npm install ${name} (in a bundled application, also keep the package out of the bundle: external)`;
}
