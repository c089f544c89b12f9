// @ts-check
/** The reference of codes: verdicts, errors and problems from the table of errors; notices, which are no errors, from here. */
import { ERROR_TEXTS, ERRORS, EXITS, REFUSAL_TEXTS, REFUSALS } from 'latchkey';
import { EXIT } from '../../packages/server/dist/cli/exit-codes.js';
import { page, table } from './markdown.js';

/** @typedef {import('latchkey').ErrorCode} ErrorCode */
/** @typedef {import('latchkey').RefusalCode} RefusalCode */

const ERROR_CODES = /** @type {readonly ErrorCode[]} */ (Object.keys(ERRORS));
const REFUSAL_CODES = /** @type {readonly RefusalCode[]} */ (Object.keys(REFUSALS));

/** @type {Readonly<Record<import('latchkey').Notice['code'], readonly string[]>>} */
const NOTICES = {
  limits_warning: [
    'At the start: something about how limits are counted is probably a mistake, such as a Redis that evicts keys.',
    'Follow the message. `latchkey doctor` checks again.',
  ],
  reads_warning: [
    'Lists and searches are read on the event loop, because no reading thread can be started. Reported once.',
    'Follow the message.',
  ],
  limiter_out: [
    'Limits cannot be counted; the message says why. `LATCHKEY_ON_LIMITER_FAILURE` decides the calls. Reported once, until it is over.',
    'Check Redis: see [limits in Redis](../guides/redis.md#while-redis-is-out).',
  ],
  limiter_back: ['Limits are counted again.'],
};

/** @returns {string} */
export function errorsPage() {
  return page('packages/latchkey/src/contract/errors/errors.ts and error-texts.ts', [
    '# Errors',
    `A \`code\` is stable: programs compare it, and titles and messages may change. Three kinds of things carry one. A **verdict** is the
outcome of a verification, and is a value. An **error** is thrown by the library; \`latchkey/client\` throws the same class for an answer
of the service. A **problem** is what the service answers in place of a result (\`application/problem+json\`, RFC 9457): \`detail\` says what
was wrong in this case, and \`requestId\` finds it in the log.`,
    `\`ERRORS\` and \`REFUSALS\` of \`latchkey\` and \`latchkey/client\` are these tables: \`ERRORS[error.code].status\` is the HTTP status of an error.`,
    '## Errors and problems',
    `The class is what the library or the client throws; a problem of the service alone has the class that its caller can act on. The exit
code is that of the [command line](../guides/cli.md#exit-codes). A retry helps where the same call can succeed later without any change.
Messages never repeat a token, a pepper, an admin key or a header.`,
    table(['code', 'class', 'status', 'exit', 'retry'], ERROR_CODES.map(errorRow)),
    ...ERROR_CODES.map(errorEntry),
    '## Verdicts',
    `\`verify\`, \`POST /v1/keys/verify\` and \`latchkey keys verify\` give the precise code to trusted callers, with a \`message\` that says what was
wrong and the remedy. \`retryAfterMs\` says how long to wait where waiting helps, \`missingScopes\` names missing scopes. A client with a
\`cache\` may repeat a verdict: \`cachedForMs\` then says how many milliseconds ago it asked the service. \`valid\` means that the key may be
used for this call, and that its limits and credits were charged.`,
    table(['code', 'title', 'public answer'], REFUSAL_CODES.map(refusalRow)),
    ...REFUSAL_CODES.map(refusalEntry),
    '### What the public sees',
    `The public edge (forward-auth and middlewares) answers with the status, code and message of the public answer, and no more. A caller
learns whether its token was accepted and what to do about it, but not whether a refused token ever existed: ${listOf(hiddenCodes())}
all give the same 401 with the code \`invalid\` and the message "${REFUSALS.not_found.publicMessage}". A header of the wrong shape is
\`malformed\`, which is known without knowing any token.`,
    '## Notices',
    `An engine reports these on its own: in the log of the service, as \`notice\`; in the library, to \`onNotice\`, or as a warning of the
process.`,
    ...Object.entries(NOTICES).map(([code, texts]) => entry(code, '', texts.join(' '))),
  ]);
}

/** @param {ErrorCode} code */
function errorRow(code) {
  const { class: name, status, retry } = ERRORS[code];
  return [
    `[\`${code}\`](#${code})`,
    `\`${name}\``,
    code === 'configuration' ? '' : String(status),
    String(EXIT[EXITS[name]]),
    retry ? 'yes' : 'no',
  ];
}

/** @param {ErrorCode} code */
function errorEntry(code) {
  const { meaning, remedy } = ERROR_TEXTS[code];
  return entry(code, ERRORS[code].title, `${meaning} ${remedy}`);
}

/** @param {RefusalCode} code */
function refusalRow(code) {
  const { title, publicCode } = REFUSALS[code];
  return [`[\`${code}\`](#verdict-${code})`, title, `${ERRORS[publicCode].status} \`${publicCode}\``];
}

/** @param {RefusalCode} code */
function refusalEntry(code) {
  const { meaning, remedy } = REFUSAL_TEXTS[code];
  return entry(`verdict ${code}`, REFUSALS[code].title, `${meaning} ${remedy}`);
}

/**
 * @param {string} name
 * @param {string} title
 * @param {string} text
 */
function entry(name, title, text) {
  return `### ${name}\n\n${title === '' ? '' : `**${title}.** `}${text}`;
}

function hiddenCodes() {
  return REFUSAL_CODES.filter((code) => REFUSALS[code].publicCode === 'invalid');
}

/** @param {readonly string[]} codes */
function listOf(codes) {
  return codes.map((code) => `\`${code}\``).join(', ');
}
