/** What came of reading a text that somebody wrote: the value, or what is wrong with it and what would be right. */
export type Parsed<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

export function unreadable(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
