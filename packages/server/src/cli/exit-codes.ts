/** What the command's exit code says; the same table stands in the help and in docs/guides/cli.md. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, forbidden: 4, unexpected: 70 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; the token is valid; the log is whole; nothing is wrong',
  refused: 'refused: the token is not valid, there is no such thing, it conflicts, the log is broken, or doctor found a fault',
  usage: 'the command line, its input or the configuration cannot be used',
  unreachable: 'the service, or what it depends on, is out of reach',
  forbidden: 'the service does not allow it: no credentials, wrong ones, or too few scopes',
  unexpected: 'an error that should not happen; please report it',
};
