/**
 * Who the customers are, and that they are who they say. A stand-in for what your product has already (a table of users, sessions, single
 * sign-on): here the accounts come from the environment, and sign in with HTTP Basic (RFC 7617).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { basicAuth } from 'hono/basic-auth';
import { PLAN_NAMES, type Plan } from './plans.js';

export interface Account {
  readonly name: string;
  readonly plan: Plan;
  readonly passwordDigest: Buffer;
}

export type Accounts = ReadonlyMap<string, Account>;

const ACCOUNT = /^([a-z0-9-]{1,50}):([a-z]+):(.{12,})$/;

/** Reads `ada:free:<password>,grace:pro:<password>`. Throws where it is anything else, without a word of what it is. */
export function readAccounts(text = ''): Accounts {
  const accounts = text.split(',').map((each) => {
    const [, name, plan, password] = ACCOUNT.exec(each.trim()) ?? [];
    const known = PLAN_NAMES.find((one) => one === plan);
    if (!name || !known || !password) {
      throw new Error('ACCOUNTS: use name:plan:password, with more after a comma; plans are free and pro, passwords have 12 characters.');
    }
    return { name, plan: known, passwordDigest: digest(password) };
  });
  return new Map(accounts.map((account) => [account.name, account]));
}

/** Lets customers in who sign in, and says under `account` which. */
export function signedIn(accounts: Accounts) {
  return basicAuth({
    realm: 'keys',
    verifyUser(name, password, c) {
      const account = accounts.get(name);
      // Compared in constant time, and also where there is no such account.
      const isRight = timingSafeEqual(digest(password), account?.passwordDigest ?? digest(''));
      if (!account || !isRight) return false;
      c.set('account', account);
      return true;
    },
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
