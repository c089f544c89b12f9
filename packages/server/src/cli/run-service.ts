/** What `latchkey serve` does. */
import { randomBytes } from 'node:crypto';
import { showDatabase } from 'latchkey/internal';
import { startService } from '../compose.js';
import { SECRET_VARIABLES, secretsOf, type Config } from '../config/index.js';
import { createLogger } from '../telemetry/logger.js';
import { loadConfig } from './load-config.js';
import { readableLog } from './readable-log.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';
import { welcome } from './welcome.js';

/** Serves until a signal says to end, and ends in order. */
export async function runService(terminal: Terminal, flags: SettingFlags): Promise<void> {
  const configured = loadConfig(terminal, flags);
  forgetSecrets(terminal);
  const madeKey = configured.adminKey === null && terminal.interactive ? randomBytes(32).toString('base64url') : null;
  const config: Config = madeKey === null ? configured : { ...configured, adminKey: madeKey };
  const log = createLogger({
    level: config.logLevel,
    destination: terminal.interactive ? readableLog(terminal) : undefined,
    secrets: secretsOf(config),
  });
  const stopped = nextSignal();
  const service = await startService(config, log);
  const database = showDatabase(config.database);
  const hasDocs = config.docs !== 'off' && config.openapi !== 'off';
  if (terminal.interactive) terminal.print(welcome({ url: service.url, hasDocs, madeKey, database, colour: terminal.colour }));
  const metrics = service.metricsUrl === null ? {} : { metrics: service.metricsUrl };
  log.info({ listening: service.url, ...metrics, database }, 'started');
  if (config.adminKey === null)
    log.warn('ADMIN_API_KEY is not configured: the routes of administrators answer 500. Set it and start again.');
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  await service.close();
  log.info('stopped');
}

/** So that no child process and no later dump of the environment has them. */
function forgetSecrets({ variables }: Terminal): void {
  for (const name of SECRET_VARIABLES) delete variables[name];
}

/** Under npm, one Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 500;

/** The first signal to end; a second one ends the process at once. */
async function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let toldAt: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (toldAt !== null && performance.now() - toldAt > SAME_PRESS_MS) process.exit(signal === 'SIGINT' ? 130 : 143);
        toldAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
