/** The exit codes of the command; the help and docs/guides/cli.md have the same table. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, forbidden: 4, unexpected: 70 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; the token is valid; the log is whole; nothing is wrong',
  refused: 'refused: invalid token, not found, conflict, broken audit log, or a fault that doctor found',
  usage: 'the command line, its input or the configuration cannot be used',
  unreachable: 'the service, or a part that it depends on, is unavailable',
  forbidden: 'the service does not allow it: no credentials, wrong ones, or too few scopes',
  unexpected: 'an error that should not happen; please report it',
};
