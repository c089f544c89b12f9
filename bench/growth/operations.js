/** What operators and callers ask of a service, as requests: growth.js measures each at each size. */
import { RARE_NAME, TIERS, USAGE_DAYS } from './population.js';

const DAY_MS = 86_400_000;
/** As many as a page of the dashboard shows. */
const PAGE = 'limit=50';

/**
 * @typedef {object} Request
 * @property {string} [method] by default GET
 * @property {string} path
 * @property {object} [body]
 * @property {string} [token] of a caller; else the operator asks
 *
 * @typedef {object} Operation
 * @property {string} name
 * @property {(call: number) => readonly Request[]} requests those of one call, which are sent together
 * @property {boolean} [whole] reads everything: asked once, and ended after a while where it is asked seven times at once
 */

/** @returns {readonly Operation[]} */
export function operationsFor(population, sample) {
  return [
    ...verifications(sample),
    ...lists(sample),
    ...searches(sample),
    ...owners(sample),
    ...figures(population, sample),
    ...logs(sample),
    ...pages(population, sample),
    ...changes(sample),
    ...wholes(sample),
  ];
}

function verifications({ tokens }) {
  // The first are for the measurement of what everything else does to a verification.
  const others = tokens.slice(1);
  const verify = (token) => [{ path: '/v1/forward-auth', token }];
  return [
    { name: 'verify, cached', requests: () => verify(tokens[0]) },
    { name: 'verify, each time another key', requests: (call) => verify(others[call % others.length]) },
  ];
}

function lists({ owner, largestOwner, keyIds }) {
  const list = (name, filter) => ({ name: `keys, ${name}`, requests: () => [{ path: `/v1/keys?${filter}${PAGE}` }] });
  return [
    list('newest', ''),
    ...['active', 'disabled', 'revoked', 'expired', 'scheduled', 'suspended'].map((status) => list(status, `status=${status}&`)),
    ...TIERS.map(({ name }) => list(`tier ${name}`, `tier=${name}&`)),
    list('environment test', 'environment=test&'),
    list('of an owner', `owner=${owner}&`),
    list('of the largest owner', `owner=${largestOwner}&`),
    list('of the largest owner, active', `owner=${largestOwner}&status=active&`),
    list('tier free, environment test, active', 'tier=free&environment=test&status=active&'),
    list('suspended, environment test', 'status=suspended&environment=test&'),
    list('scheduled, tier pro', 'status=scheduled&tier=pro&'),
    list('of the largest owner, scheduled', `owner=${largestOwner}&status=scheduled&`),
    list('revoked, unused for 90 days', 'status=revoked&unusedFor=90d&'),
    list('of the largest owner, unused for 90 days', `owner=${largestOwner}&unusedFor=90d&`),
    list('expiring within 7 days', 'expiresWithin=7d&'),
    list('expiring within 30 days', 'expiresWithin=30d&'),
    list('unused for 90 days', 'unusedFor=90d&'),
    list('unused for 90 days, tier pro', 'unusedFor=90d&tier=pro&'),
    list('never used', 'neverUsed=true&'),
    list('a tag of half of the keys', 'tags=region:eu&'),
    list('a tag of a thousandth of the keys', 'tags=legacy&'),
    list('a rare tag and one of half of the keys', 'tags=incident:17,region:eu&'),
    list('a tag of half of the keys, revoked', 'tags=region:eu&status=revoked&'),
    list('a tag of half of the keys, of the largest owner', `tags=region:eu&owner=${largestOwner}&`),
    list('metadata that one key in ten has', 'metadata.contract=C-3&'),
    list('metadata of a key of a rare tag', 'metadata.contract=C-3&tags=legacy&'),
    list('expiring within 30 days, a rare tag', 'expiresWithin=30d&tags=incident:17&'),
    ...['created', 'name', 'used', 'expires', 'requests'].flatMap((sort) => [
      list(`by ${sort}`, `sort=${sort}&order=asc&`),
      list(`by ${sort}, down`, `sort=${sort}&order=desc&`),
      list(`by ${sort}, environment test`, `sort=${sort}&environment=test&`),
      list(`by ${sort}, environment live`, `sort=${sort}&environment=live&`),
      list(`by ${sort}, tier pro`, `sort=${sort}&tier=pro&`),
      list(`by ${sort}, of the largest owner`, `sort=${sort}&owner=${largestOwner}&`),
      list(`by ${sort}, a tag of half of the keys`, `sort=${sort}&tags=region:eu&`),
    ]),
    { name: 'a key', requests: (call) => [{ path: `/v1/keys/${keyIds[call % keyIds.length]}` }] },
    { name: 'the limits of a key', requests: (call) => [{ path: `/v1/keys/${keyIds[call % keyIds.length]}/limits` }] },
  ];
}

function searches({ keyIds, hints }) {
  const search = (what, text, more = '') => ({
    name: `search keys, ${what}`,
    requests: () => [{ path: `/v1/keys?search=${encodeURIComponent(text)}&${more}${PAGE}` }],
  });
  return [
    search('an id', keyIds[0]),
    search('a hint', hints[0]),
    search('four characters of a hint', hints[0].slice(-4)),
    search('a rare name', RARE_NAME),
    search('a common word', 'billing'),
    search('one letter', 'e'),
    search('nothing found', 'no such words'),
    search('nothing found, active', 'no such words', 'status=active&'),
  ];
}

function owners({ owner, largestOwner }) {
  const list = (name, filter) => ({ name: `owners, ${name}`, requests: () => [{ path: `/v1/owners?${filter}${PAGE}` }] });
  return [
    list('all', ''),
    list('search an id', `search=${owner}&`),
    list('search a word', 'search=billing&'),
    list('search, nothing found', 'search=no+such+words&'),
    { name: 'an owner', requests: () => [{ path: `/v1/owners/${owner}` }] },
    { name: 'the largest owner', requests: () => [{ path: `/v1/owners/${largestOwner}` }] },
    { name: 'tiers', requests: () => [{ path: '/v1/tiers' }] },
    {
      name: 'preview of a tier',
      requests: () => [{ method: 'POST', path: `/v1/tiers/${TIERS[0].name}/preview`, body: { limits: withHalf(TIERS[0]) } }],
    },
  ];
}

function figures(population, { owner, largestOwner, keyIds }) {
  const span = (days, by) => `from=${iso(population.now - days * DAY_MS)}&until=${iso(population.now)}&by=${by}`;
  const usage = (name, of, days = 30) => ({ name: `usage, ${name}`, requests: () => [{ path: `/v1/usage?${of}${span(days, 'day')}` }] });
  return [
    { name: 'overview', requests: () => [{ path: '/v1/overview' }] },
    usage(`all, ${USAGE_DAYS} days`, '', USAGE_DAYS),
    usage('a key', `key=${keyIds[0]}&`, USAGE_DAYS),
    usage('an owner', `owner=${owner}&`, USAGE_DAYS),
    usage('the largest owner', `owner=${largestOwner}&`, USAGE_DAYS),
    {
      name: 'usage, of 50 keys, 7 days',
      requests: () => [{ path: `/v1/usage/by-key?keys=${keyIds.slice(0, 50).join(',')}&${span(7, 'day')}` }],
    },
    ...[1, 30].map((days) => ({
      name: `busiest keys, ${days} ${days === 1 ? 'day' : 'days'}`,
      requests: () => [{ path: `/v1/usage/busiest?from=${iso(population.now - days * DAY_MS)}&until=${iso(population.now)}&limit=8` }],
    })),
  ];
}

function logs({ owner, largestOwner, keyIds }) {
  const list = (name, filter) => ({ name: `log, ${name}`, requests: () => [{ path: `/v1/events?${filter}${PAGE}` }] });
  return [
    list('newest', ''),
    list('oldest', 'order=oldest&'),
    list('of a key', `key=${keyIds[0]}&`),
    list('of an owner', `owner=${owner}&`),
    list('of the largest owner', `owner=${largestOwner}&`),
    list('an action', 'action=key.revoked&'),
    list('a rare action of an actor who did nearly everything', 'actor=library&action=tier.created&'),
    list('an action that never was', 'action=tier.deleted&'),
    list('an actor who did nothing', 'actor=nobody&'),
    list('an action of the largest owner', `owner=${largestOwner}&action=key.disabled&`),
  ];
}

/** Opens each page of the dashboard: the requests that it sends at first. */
function pages(population, { owner, largestOwner, keyIds }) {
  const lastDay = `from=${iso(population.now - DAY_MS)}&until=${iso(population.now)}`;
  const week = `from=${iso(population.now - 7 * DAY_MS)}&until=${iso(population.now)}&by=day`;
  const page = (name, ...paths) => ({ name: `page: ${name}`, requests: () => paths.map((path) => ({ path })) });
  const ownerPage = (id) => [`/v1/owners/${id}`, `/v1/keys?owner=${id}&limit=10`, `/v1/events?owner=${id}&limit=10`];
  return [
    page('overview', '/v1/overview', `/v1/usage?${lastDay}&by=hour`, `/v1/usage/busiest?${lastDay}&limit=8`, '/v1/settings'),
    page('keys', `/v1/keys?${PAGE}`, '/v1/tiers', '/v1/settings', `/v1/usage/by-key?keys=${keyIds.slice(0, 50).join(',')}&${week}`),
    page(
      'a key',
      `/v1/keys/${keyIds[0]}`,
      `/v1/usage?key=${keyIds[0]}&${week}`,
      `/v1/keys/${keyIds[0]}/limits`,
      `/v1/events?key=${keyIds[0]}&limit=10`,
    ),
    page('an owner', ...ownerPage(owner)),
    page('the largest owner', ...ownerPage(largestOwner)),
    page('log', `/v1/events?${PAGE}`),
  ];
}

function changes({ keyIds, owner, changedIds }) {
  const change = (name, { method = 'POST', path, body }) => ({
    name,
    requests: (call) => [{ method, path: path(changedIds[call % changedIds.length]), body: body?.(call) }],
  });
  const onKey = (verb) => (id) => `/v1/keys/${id}/${verb}`;
  const { name: tier, limits } = TIERS[2];
  return [
    change('create a key', { path: () => '/v1/keys', body: (call) => ({ name: `Made ${call}`, owner, tier, scopes: ['articles:read'] }) }),
    change('change a key', { method: 'PATCH', path: (id) => `/v1/keys/${id}`, body: (call) => ({ name: `Renamed ${call}` }) }),
    change('rotate a key', { path: onKey('rotate'), body: () => ({}) }),
    change('disable a key', { path: onKey('disable') }),
    change('revoke a key', { path: onKey('revoke') }),
    change('suspend an owner', { path: () => `/v1/owners/${owner}/suspend` }),
    change('resume an owner', { path: () => `/v1/owners/${owner}/resume` }),
    change('change a tier', {
      method: 'PUT',
      path: () => `/v1/tiers/${tier}`,
      body: (call) => ({ limits: call % 2 === 0 ? limits : withHalf({ limits }) }),
    }),
    change('explain a key', { path: () => `/v1/keys/${keyIds[0]}/explain`, body: () => ({}) }),
  ];
}

function wholes({ largestOwner }) {
  const whole = (name, request) => ({ name, requests: () => [request], whole: true });
  return [
    whole('export of the log', { path: '/v1/events/export?format=jsonl' }),
    whole('check of the log', { path: '/v1/events/verify' }),
    whole('revoke all keys of the largest owner', {
      method: 'POST',
      path: `/v1/owners/${largestOwner}/revoke-all`,
      body: { reason: 'bench' },
    }),
  ];
}

function withHalf({ limits }) {
  return limits.map((limit) => ({ ...limit, limit: limit.limit / 2 }));
}

function iso(time) {
  return new Date(time).toISOString();
}
