import { createLatchkey } from 'latchkey';
import { createClient, createOwnKeysClient } from 'latchkey/client';
import { createJwtVerifier } from 'latchkey/jwt';
import { ownKeysSuite, type OwnKeysCircumstances } from 'latchkey/testing';
import { SignJWT } from 'jose';
import { describe, it } from 'vitest';
import { createApp, serveApp } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';
const JWT = { issuer: 'https://id.example/', audience: 'acme', secret: 'a-secret-shared-with-the-issuer-0123456789' };

describe('a client of /v1/me of a service', () => {
  ownKeysSuite({ describe, it }, { open });
});

async function open({ settings, policy, clock }: OwnKeysCircumstances) {
  const latchkey = await createLatchkey({ database: ':memory:', clock, ...settings });
  const selfService = { policy, jwt: createJwtVerifier({ ...JWT, clock }) };
  const service = await serveApp(createApp(latchkey, { adminKey: ADMIN_KEY, clock, selfService }), { host: '127.0.0.1', port: 0 });
  const jwtOf = async (owner: string): Promise<string> =>
    new SignJWT({ iss: JWT.issuer, aud: JWT.audience, sub: owner, exp: clock.now() / 1_000 + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(JWT.secret));
  return {
    admin: createClient({ url: service.url, adminKey: ADMIN_KEY }),
    as: (owner: string) => createOwnKeysClient({ url: `${service.url}/v1/me`, jwt: async () => jwtOf(owner) }),
    async dispose() {
      await service.close(0);
      await latchkey.close();
    },
  };
}
