/** The settings of the routes that tell about the service: who may read them, and where metrics listen. */
import { integer, listenHost, oneOf } from './kinds.js';
import type { Setting } from './setting.js';

type Access = 'open' | 'operator' | 'off';

export interface AccessConfig {
  readonly metrics: Access;
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  readonly docs: Access;
  readonly openapi: Access;
}

const METRICS_HOST = '127.0.0.1';

export const ACCESS_SETTINGS: { readonly [Field in keyof AccessConfig]: Setting<AccessConfig[Field]> } = {
  metrics: {
    variable: 'LATCHKEY_METRICS',
    kind: oneOf('open', 'operator', 'off'),
    fallback: 'open',
    description: 'Who may read `/metrics`: everybody (`open`), operators with `settings:read` (`operator`), or nobody (`off`)',
  },
  metricsPort: {
    variable: 'LATCHKEY_METRICS_PORT',
    kind: integer(0, 65_535),
    fallback: null,
    description: 'A port of its own for `/metrics`, which is then answered nowhere else; 0 takes any that is free',
  },
  metricsHost: {
    variable: 'LATCHKEY_METRICS_HOST',
    kind: listenHost,
    fallback: METRICS_HOST,
    description: 'The address that `LATCHKEY_METRICS_PORT` listens on; `0.0.0.0` for every network',
  },
  docs: {
    variable: 'LATCHKEY_DOCS',
    kind: oneOf('open', 'operator', 'off'),
    fallback: 'open',
    description: 'Who may read `/docs`, as with `LATCHKEY_METRICS`; never more open than `LATCHKEY_OPENAPI`',
  },
  openapi: {
    variable: 'LATCHKEY_OPENAPI',
    kind: oneOf('open', 'operator', 'off'),
    fallback: 'open',
    description: 'Who may read `/openapi.json`, as with `LATCHKEY_METRICS`',
  },
};

type Listening = AccessConfig & { readonly host: string; readonly port: number };

/** Returns what is wrong with the settings together, under the names by which the values came. */
export function accessProblems(config: Listening, names: ReadonlyMap<string, string>): readonly string[] {
  const { metrics, metricsHost, metricsPort, host, port } = config;
  const name = (field: keyof Listening): string => names.get(field) ?? field;
  if (metricsPort === null) {
    if (metricsHost === METRICS_HOST) return [];
    return [`${name('metricsHost')}: set ${name('metricsPort')} as well; without it the service answers /metrics on its own port.`];
  }
  if (metrics === 'off') return [`${name('metricsPort')}: leave it out, or set ${name('metrics')} to open or operator; metrics are off.`];
  if (metricsPort === port && metricsHost === host && port !== 0) {
    return [`${name('metricsPort')}: use another port than that of the service (${name('port')}).`];
  }
  return [];
}
