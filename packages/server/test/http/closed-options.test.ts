/** Options are closed: an app that was given a misspelt one would run without it. */
import { ConfigurationError, createLatchkey } from 'latchkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, serveApp } from '../../src/index.js';

let latchkey: Awaited<ReturnType<typeof createLatchkey>>;
beforeAll(async () => {
  latchkey = await createLatchkey({ database: ':memory:' });
});
afterAll(async () => latchkey.close());

describe('options of an app', () => {
  it('createApp: a misspelt option is refused by name, with the nearest one', () => {
    expect(() => createApp(latchkey, { adminKey: null, trustedProxys: ['10.0.0.0/8'] } as never)).toThrow(
      expect.objectContaining({ problems: ['trustedProxys: No such option; did you mean "trustedProxies"?'] }),
    );
  });

  it('createApp: options within options, and values of another kind, are refused by name', () => {
    const problemsOf = (options: object): unknown => {
      try {
        createApp(latchkey, options as never);
        return [];
      } catch (error) {
        return error instanceof ConfigurationError ? error.problems : error;
      }
    };
    expect(problemsOf({})).toEqual(['adminKey: use a text, or null for none.']);
    expect(problemsOf({ adminKey: null, trustedProxies: 'x' })).toEqual(['trustedProxies: use a list of addresses and CIDR blocks.']);
    expect(problemsOf({ adminKey: null, portal: { brandng: null } })).toEqual(['portal.brandng: No such option; did you mean "branding"?']);
    expect(problemsOf({ adminKey: null, oidc: { isuer: 'a' } })).toEqual(['oidc.isuer: No such option; did you mean "issuer"?']);
  });

  it('serveApp: a misspelt option is refused by name, and nothing listens', async () => {
    const app = createApp(latchkey, { adminKey: null });
    await expect(serveApp(app, { host: '127.0.0.1', port: 0, maxConection: 9 } as never)).rejects.toBeInstanceOf(ConfigurationError);
  });
});
