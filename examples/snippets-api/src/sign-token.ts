/** `npm run token -- <user> [lifetime]`: a JWT for a user, as an identity provider would give it after signing them in. */
import { SignJWT } from 'jose';
import { JWT, readJwtSecret } from './jwt-settings.js';

const [user, lifetime = '1h'] = process.argv.slice(2);
if (!user) {
  console.error('Use: npm run token -- <user> [lifetime, such as 15m]');
  process.exit(64);
}

const jwt = await new SignJWT()
  .setProtectedHeader({ alg: JWT.algorithm })
  .setIssuer(JWT.issuer)
  .setAudience(JWT.audience)
  .setSubject(user)
  .setIssuedAt()
  .setExpirationTime(lifetime)
  .sign(new TextEncoder().encode(readJwtSecret()));

console.log(jwt);
