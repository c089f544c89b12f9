export const ENVIRONMENTS = ['dev', 'staging', 'live'] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What this process is: `APP_ENV`, or `dev`. Throws for anything else, so that a slip of the pen does not open `dev` to the world. */
export function readEnvironment(text = 'dev'): Environment {
  const environment = ENVIRONMENTS.find((each) => each === text);
  if (environment === undefined) throw new Error(`APP_ENV: use one of ${ENVIRONMENTS.join(', ')}.`);
  return environment;
}
