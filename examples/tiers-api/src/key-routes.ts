import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Latchkey, OwnKeys, OwnKeyView } from 'latchkey';
import { z } from 'zod';
import { signedIn, type Account, type Accounts } from './accounts.js';
import { addressOf } from './address.js';
import { ENVIRONMENTS, type Environment } from './environments.js';
import { PLAN_NAMES } from './plans.js';
import { Problem } from './problems.js';
import { readBody, readInput } from './read-input.js';

const DAYS = 'Use an integer from 1 to 365.';

const LISTING = z.strictObject({ cursor: z.string().optional() });
/** `grace`: how long the old token goes on, such as "24h"; without it, it ends at once. */
const ROTATION = z.strictObject({ grace: z.string('Use a duration such as "24h".').optional() });
const newKey = (environment: Environment) =>
  z.strictObject({
    name: z.string('Give a name of 1 to 100 characters.'),
    expires_in_days: z.int(DAYS).min(1, DAYS).max(365, DAYS).default(90),
    environment: z.enum(ENVIRONMENTS, `Use one of ${ENVIRONMENTS.join(', ')}.`).default(environment),
  });

interface SignedIn {
  Variables: { account: Account };
}

/** Customers manage their own keys: whose key it is not, to them it does not exist. */
export function keyRoutes({ latchkey, accounts, environment }: { latchkey: Latchkey; accounts: Accounts; environment: Environment }) {
  const NEW_KEY = newKey(environment);
  // The plan is the account's, and not for the customer to choose.
  const selfService = new Map(
    PLAN_NAMES.map((plan) => [plan, latchkey.selfService({ defaultTier: plan, maxExpiry: '365d', maxKeys: 20 })]),
  );
  const keysOf = ({ name, plan }: Account): OwnKeys => {
    const own = selfService.get(plan)?.for({ ownerId: name, expiresAt: null });
    if (!own) throw new Error(`There is no plan ${plan}.`);
    return own;
  };

  const app = new Hono<SignedIn>();
  app.use(signedIn(accounts));
  app.use(
    bodyLimit({
      maxSize: 16_384,
      onError() {
        throw new Problem(413, 'The body is too large');
      },
    }),
  );

  app.post('/', async (c) => {
    const { name, expires_in_days: days, environment: wanted } = await readBody(NEW_KEY, c.req);
    const own = keysOf(c.get('account'));
    const { key, token } = await own.create({ name, environment: wanted, expiresIn: `${days}d` }, { address: addressOf(c) });
    const note = 'Keep this key now: it is stored nowhere, and cannot be shown again.';
    return c.json({ key: token?.reveal(), id: key.id, expires_at: key.expiresAt, note }, 201);
  });

  app.get('/', async (c) => {
    const { cursor } = readInput(LISTING, c.req.query());
    const { data, nextCursor } = await keysOf(c.get('account')).list({ limit: 100, cursor });
    return c.json({ keys: data.map(viewKey), next_cursor: nextCursor });
  });

  app.patch('/:id', async (c) => {
    const { grace } = await readBody(ROTATION, c.req);
    const { key, token } = await keysOf(c.get('account')).rotate(c.req.param('id'), { grace }, { address: addressOf(c) });
    // The key lives on, with its id and its limits; what is old is its token.
    return c.json({ new_key: token?.reveal(), old_key_id: key.id, status: 'rotated' });
  });

  app.delete('/:id', async (c) => {
    await keysOf(c.get('account')).revoke(c.req.param('id'), {}, { address: addressOf(c) });
    return c.body(null, 204);
  });

  return app;
}

function viewKey({ id, name, environment, tier, hint, status, expiresAt, lastUsedAt }: OwnKeyView) {
  return { id, name, environment, plan: tier, hint, status, expires_at: expiresAt, last_used_at: lastUsedAt };
}
