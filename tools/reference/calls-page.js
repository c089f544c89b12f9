// @ts-check
/** The reference of calls, from the contract. */
import { aboutOf, ADDRESSES, CONTRACT, parametersOf, unwrapped } from '../../packages/latchkey/dist/internal/index.js';
import { apiEndpoints } from '../../packages/server/dist/http/routes/api-endpoints.js';
import { fieldRows, typeOf } from './field-rows.js';
import { page, table } from './markdown.js';

/**
 * @typedef {import('../../packages/latchkey/dist/internal/index.js').Call} Call
 * @typedef {import('../../packages/latchkey/dist/internal/index.js').Address} Address
 * @typedef {import('../../packages/server/dist/http/endpoints/endpoint.js').Operation} Operation
 * @typedef {import('./field-rows.js').Part} Part
 * @typedef {{ readonly name: string, readonly call: Call, readonly address: Address }} Entry
 */

/**
 * The title of each resource, how its calls are made in TypeScript, and what has to be said of all of them.
 *
 * @type {Readonly<Record<keyof typeof CONTRACT, readonly [title: string, code: string, note?: string]>>}
 */
const RESOURCES = {
  verification: ['Verification', 'latchkey'],
  keys: ['Keys', 'latchkey.keys'],
  owners: ['Owners', 'latchkey.owners'],
  tiers: ['Tiers', 'latchkey.tiers'],
  events: ['Events', 'latchkey.events', 'The entries themselves: [entries of the audit log](events.md).'],
  usage: ['Usage', 'latchkey.usage'],
  service: ['Service', 'latchkey'],
  ownKeys: [
    'Own keys',
    'own',
    'For owners, about their own keys. In the library, `const own = latchkey.selfService(policy).for({ ownerId, expiresAt })`; over HTTP, `const own = createOwnKeysClient(…)`, which has no `account`. In a page of the service, `client.me` has `get` (the account), `keys` and `usage`. A JWT or a session of the portal says who the owner is.',
  ],
  sessions: ['Sessions', 'client.sessions', 'Only a service has sessions of operators. The cookie of the browser says whose it is.'],
  portal: ['Portal', 'client.portal', 'Only a service has the portal.'],
};

/** Calls in TypeScript that take something else than the names in the path and the fields. @type {Readonly<Record<string, string>>} */
const CODE = {
  verifyKey: 'latchkey.verify(token, request, options)',
  verifyKeys: 'client.verifyBatch(requests, options)',
  readSettings: 'client.settings(options)',
};

/** @returns {string} */
export function callsPage() {
  const sections = Object.entries(RESOURCES).flatMap(([resource, [title, code, note]]) => [
    `## ${title}`,
    ...(note === undefined ? [] : [note]),
    ...entriesOf(resource).map((entry) => describe(entry, code)),
  ]);
  return page('packages/latchkey/src/contract', [
    '# Calls',
    `Each call takes the same fields in the library (\`createLatchkey\`), in the client of a service (\`createClient\`), and over HTTP. The arguments of the
TypeScript call are the names in its path, then the object of fields, then options. A field that does not exist is refused by its name. What a
call gives is described with its fields in the OpenAPI document of each service (\`/openapi.json\`, and \`/docs\` to read it).`,
    `In a query, a list is its items between commas (\`tags=a,b\`) and an object is a parameter for each field (\`metadata.team=payments\` or
\`metadata[team]=payments\`). The check of the audit log takes its two entries as \`seq\`, \`hash\`, \`afterSeq\` and \`afterHash\`.`,
    `An operator token needs the scope of the call; the library and the admin key may make every call. A call that may take authority away is
answered when it holds on every node, unless \`wait\` is \`false\`. [Errors](errors.md) lists every code.`,
    ...sections,
    '## Only over HTTP',
    'What has no call in TypeScript, or is another way to one.',
    ...httpOnly().map(describeOperation),
  ]);
}

/** Returns the operations of a service that are no calls of the contract. @returns {readonly Operation[]} */
function httpOnly() {
  const calls = Object.values(CONTRACT).flatMap((resource) => Object.values(resource).map(({ id }) => id));
  return apiEndpoints.map(({ operation }) => operation).filter(({ id }) => !calls.includes(id));
}

/** @type {(operation: Operation) => string} */
function describeOperation({ method, path, summary, description, scope, parameters = [], query, body, answers }) {
  const inputs = /** @type {readonly Part[]} */ ([query, body].filter((part) => part !== undefined));
  const rows = [
    ...parameters.map(({ name, in: place, description: text }) => [`\`${name}\``, place === 'header' ? 'header' : 'query', text]),
    ...inputs.flatMap(fieldRows).map((row) => [`\`${row.name}\``, row.type, row.description]),
  ];
  const gives = Object.entries(answers).map(([status, answer]) => `${status}: ${answer.description}`);
  return [
    `### ${summary}`,
    `\`${method === 'all' ? 'ANY' : method.toUpperCase()} ${path}\``,
    ...(description === undefined ? [] : [description]),
    [`Answers ${gives.join('; ')}.`, ...(scope == null ? [] : [`Scope: \`${scope}\`.`])].join(' '),
    ...(rows.length === 0 ? [] : [table(['field', 'type', 'meaning'], rows)]),
  ].join('\n\n');
}

/** @type {(resource: string) => readonly Entry[]} */
function entriesOf(resource) {
  const calls = /** @type {Readonly<Record<string, Call>>} */ (CONTRACT[/** @type {keyof typeof CONTRACT} */ (resource)]);
  const addresses = /** @type {Readonly<Record<string, Address>>} */ (ADDRESSES[/** @type {keyof typeof ADDRESSES} */ (resource)]);
  return Object.entries(calls).flatMap(([name, call]) => {
    const address = addresses[name];
    return address === undefined ? [] : [{ name, call, address }];
  });
}

/** @type {(entry: Entry, code: string) => string} */
function describe({ name, call, address }, code) {
  const input = call.input === undefined ? undefined : /** @type {Part} */ (call.input);
  const parameters = [...parametersOf(address.path), ...(input === undefined ? [] : ['input']), 'options'];
  const rows = input === undefined ? [] : fieldRows(input);
  return [
    `### ${call.summary}`,
    `\`${address.method} ${address.path}\`, \`${CODE[call.id] ?? `${code}.${name}(${parameters.join(', ')})`}\``,
    ...(call.description === undefined ? [] : [call.description]),
    facts(call, address).join(' '),
    ...(rows.length === 0
      ? []
      : [
          table(
            ['field', 'type', 'required', 'meaning'],
            rows.map((row) => [`\`${row.name}\``, row.type, row.required ? 'yes' : '', row.description]),
          ),
        ]),
  ].join('\n\n');
}

/** @type {(call: Call, address: Address) => readonly string[]} */
function facts(call, address) {
  const output = /** @type {Part} */ (call.output);
  const { name } = aboutOf(unwrapped(output));
  const gives = call.effect === 'removes' ? 'nothing' : (name ?? typeOf(output));
  const scopes = [call.scope, call.alsoNeeds].filter((scope) => scope != null).map((scope) => `\`${String(scope)}\``);
  return [
    `Gives ${gives === 'nothing' ? 'nothing' : `${gives}: ${call.gives.slice(0, 1).toLowerCase()}${call.gives.slice(1)}`}.`,
    ...(scopes.length > 0 ? [`Scope: ${scopes.join(' and ')}.`] : []),
    ...(call.effect === 'takes away' ? ['May take authority away (`wait`).'] : []),
    ...(call.repeatable === true ? ['Takes an idempotency key.'] : []),
    ...(address.conditional === true ? ['Takes the `version` of the record as `ifMatch` (`If-Match`).'] : []),
  ];
}
