/**
 * Logs and metrics: what the service says of itself while it runs.
 *
 * Logs hold what was done, never with what: no token, admin key, header, body or URL. Two lines of defence keep it
 * so: named fields are censored, and every finished line is scrubbed of whatever looks like a token. Does not
 * decide what is logged; the edges do.
 */
import { pino, type DestinationStream, type Logger } from 'pino';
import { createScrubber } from './scrub.js';

/** What the request handling needs of a logger. */
export type RequestLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface LoggerOptions {
  /** By default `info`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent' | undefined;
  /** Where the lines go; by default stdout, without waiting for the disk or the pipe. */
  readonly destination?: DestinationStream | undefined;
  /** Values that must not appear in any line, whatever they look like: the admin key, peppers. */
  readonly secrets?: readonly string[] | undefined;
}

const SECRET_FIELDS = [
  'authorization',
  'adminKey',
  'apiKey',
  'cookie',
  'headers',
  'password',
  'pepper',
  'peppers',
  'secret',
  'token',
  'url',
];

/** A logger that writes one JSON object to a line. */
export function createLogger({ level = 'info', destination, secrets = [] }: LoggerOptions = {}): Logger {
  const scrub = createScrubber(secrets);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    hooks: { streamWrite: scrub },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** For a host application that logs by itself. */
export const silentLog: RequestLog = pino({ level: 'silent' });
