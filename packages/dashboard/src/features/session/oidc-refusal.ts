/** Why the way over the identity provider led nowhere, by the code that the service puts into the address. */
export function oidcRefusal(code: string): string {
  return REASONS[code] ?? `The identity provider’s answer was refused (${code}). Try again, or sign in another way.`;
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  oidc_refused: 'Your account is not among those that may sign in here. Ask whoever runs this service.',
  oidc_failed: 'The identity provider did not let you in. Try again, or sign in another way.',
  oidc_expired: 'Signing in took too long. Try again.',
  oidc_unavailable: 'The identity provider cannot be reached. Try again shortly, or sign in another way.',
};
