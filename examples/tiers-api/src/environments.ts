export const ENVIRONMENTS = ['dev', 'staging', 'live'] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What this process is. Throws where that is not said: whatever was chosen in its place would take the keys of the wrong environment. */
export function readEnvironment(text: string | undefined): Environment {
  const environment = ENVIRONMENTS.find((each) => each === text);
  if (environment === undefined) throw new Error(`APP_ENV: use one of ${ENVIRONMENTS.join(', ')}.`);
  return environment;
}
