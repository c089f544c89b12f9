/** Makes `calls` calls before any of them is answered; resolves with their answers in order. */
export function atOnce<Answer>(calls: number, call: (index: number) => Answer | Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: calls }, async (_, index) => call(index)));
}
