export type Claims = Readonly<Record<string, unknown>>;

/**
 * Joins the claims of an ID token with those of the UserInfo endpoint. Where both have a claim, the ID token counts. `email` and
 * `email_verified` come from the same of the two: one document cannot vouch for the address of the other.
 */
export function joinClaims(idToken: Claims, userInfo: Claims): Claims {
  const { email, email_verified } = 'email' in idToken ? idToken : userInfo;
  return { ...userInfo, ...idToken, email, email_verified };
}
