/** What `serve` says on a terminal: where it listens, the admin key of this run, and what to try next. */

export interface Welcome {
  readonly url: string;
  /** True if the service has the page at `/docs`. */
  readonly hasDocs: boolean;
  /** The admin key that was made for this run; null where one was configured. */
  readonly madeKey: string | null;
  readonly database: string;
  readonly colour: boolean;
}

/** The lines work when they are pasted into a POSIX shell, one after the other; they need curl and sed alone. */
export function welcome({ url, hasDocs, madeKey, database, colour }: Welcome): string {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  // One that was configured is not repeated; the shell that pastes has it, or can set it.
  const header = madeKey === null ? '"X-Admin-Key: $ADMIN_API_KEY"' : `'X-Admin-Key: ${madeKey}'`;
  const admin = `-H ${header} -H 'Content-Type: application/json'`;
  const docs = hasDocs ? `; API description at ${url}/docs` : '';
  return `
${bold('Latchkey')} listens on ${bold(url)}  (database ${database}${docs})
${madeKey === null ? '' : `Admin key of this run: ${bold(madeKey)}  (set ADMIN_API_KEY to keep one)\n`}
Try next, in another shell:

  TOKEN=$(curl -s ${url}/v1/keys ${admin} -d '{"name":"first","owner":"me"}' | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p'); echo "$TOKEN"

  curl -s ${url}/v1/keys/verify ${admin} -d "{\\"token\\":\\"$TOKEN\\"}"; echo

  curl -i ${url}/v1/forward-auth -H "Authorization: Bearer $TOKEN"

`;
}
