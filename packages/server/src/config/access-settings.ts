/** The settings of the routes that tell about the service: who may read them, and where metrics listen. */
import { integer, oneOf, type SettingNames, type SettingRows, type SettingValues } from 'latchkey/internal';
import { listenHost } from './kinds.js';

const METRICS_HOST = '127.0.0.1';

const access = oneOf('open', 'operator', 'off');

export const ACCESS_SETTINGS = {
  metrics: {
    kind: access,
    fallback: 'open',
    description: 'Who may read `/metrics`: everybody (`open`), operators with `settings:read` (`operator`), or nobody (`off`)',
  },
  metricsPort: {
    kind: integer(0, 65_535),
    fallback: null,
    description: 'A port for `/metrics` only; unset, the service answers it on its own port',
    details: 'The service then answers `/metrics` nowhere else. 0 takes any port that is free.',
  },
  metricsHost: {
    kind: listenHost,
    fallback: METRICS_HOST,
    description: 'The IP address that `LATCHKEY_METRICS_PORT` listens on; `0.0.0.0` for every network',
  },
  docs: {
    kind: access,
    fallback: 'open',
    description: 'Who may read `/docs`, as with `LATCHKEY_METRICS`; never more open than `LATCHKEY_OPENAPI`',
  },
  openapi: {
    kind: access,
    fallback: 'open',
    description: 'Who may read `/openapi.json`, as with `LATCHKEY_METRICS`',
  },
} satisfies SettingRows;

type Listening = SettingValues<typeof ACCESS_SETTINGS> & { readonly host: string; readonly port: number };

/** Returns what is wrong with the settings together, under the names by which they were given. */
export function accessProblems({ metrics, metricsHost, metricsPort, host, port }: Listening, { nameOf }: SettingNames): readonly string[] {
  if (metricsPort === null) {
    if (metricsHost === METRICS_HOST) return [];
    return [`${nameOf('metricsHost')}: set ${nameOf('metricsPort')} as well; without it the service answers /metrics on its own port.`];
  }
  if (metrics === 'off')
    return [`${nameOf('metricsPort')}: leave it out, or set ${nameOf('metrics')} to open or operator; metrics are off.`];
  if (metricsPort === port && metricsHost === host && port !== 0) {
    return [`${nameOf('metricsPort')}: use another port than that of the service (${nameOf('port')}).`];
  }
  return [];
}
