/** Environment variables that are no settings of the service, although their names say so. */
import { nearestName } from 'latchkey/internal';
import { variableOf, type Setting } from 'latchkey/internal';
import { SETTINGS } from './settings.js';

export type Variables = Readonly<Record<string, string | undefined>>;

const PREFIX = 'LATCHKEY_';

/** Variables of ours that are no settings: where the file is, and what the commands that administer read. */
const OTHER_VARIABLES = ['LATCHKEY_CONFIG', 'LATCHKEY_URL', 'LATCHKEY_ADMIN_KEY', 'LATCHKEY_TOKEN'];

/** Variables without our prefix. Of shorter names, such as PORT, every other program has neighbours. */
const UNPREFIXED = ['DATABASE_URL', 'REDIS_URL', 'ADMIN_API_KEY'];

/**
 * Returns what to say of variables that are no settings. One that looks like a misspelt setting is a problem, because the service
 * would run without it: without a pepper, say, or on another database. Others may belong to somebody else, and get a warning.
 */
export function judgeVariables(variables: Variables): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
  const unknown = unknownVariables(variables);
  return {
    problems: unknown.flatMap(({ name, nearest }) => (nearest === null ? [] : [misspelt(name, nearest)])),
    warnings: [
      ...unknown.flatMap(({ name, nearest }) =>
        nearest === null && name.startsWith(PREFIX) ? [`${name}: No such variable. The service does not use it.`] : [],
      ),
      ...unknown.flatMap(({ name }) => nearMissOf(name, variables)),
    ],
  };
}

/**
 * Returns a warning for a name that nearly is a variable without our prefix, while that one is not set: it may be misspelt, and may
 * belong to another program.
 */
function nearMissOf(name: string, variables: Variables): readonly string[] {
  const bare = UNPREFIXED.filter((known) => (variables[known] ?? '') === '');
  const nearest = name.startsWith(PREFIX) ? null : nearestName(name, bare, 1);
  return nearest === null ? [] : [`${name}: The service does not use it. Did you mean "${nearest}"?`];
}

/** Returns a problem for each variable that looks like a misspelt one of the commands that administer: they would ask another service. */
export function judgeAdminVariables(variables: Variables): readonly string[] {
  return unknownVariables(variables).flatMap(({ name, nearest }) =>
    nearest !== null && OTHER_VARIABLES.includes(nearest) ? [misspelt(name, nearest)] : [],
  );
}

function misspelt(name: string, nearest: string): string {
  return `${name}: No such variable; did you mean "${nearest}"?`;
}

function unknownVariables(variables: Variables): readonly { readonly name: string; readonly nearest: string | null }[] {
  const known = [...Object.entries<Setting>(SETTINGS).map(([field, row]) => variableOf(field, row)), ...OTHER_VARIABLES];
  const names = known.filter((name) => name !== null);
  return Object.entries(variables).flatMap(([name, value = '']) =>
    value === '' || names.includes(name) || isServiceLink(name, value) ? [] : [{ name, nearest: nearestVariable(name, names) }],
  );
}

function nearestVariable(name: string, known: readonly string[]): string | null {
  if (!name.startsWith(PREFIX)) {
    // A slip within the prefix. Other programs have variables that are called nearly like DATABASE_URL.
    if (nearestName(name.slice(0, PREFIX.length), [PREFIX]) === null) return null;
    const ours = known.filter((each) => each.startsWith(PREFIX));
    return nearestName(name, ours);
  }
  const bare = (each: string): string => (each.startsWith(PREFIX) ? each.slice(PREFIX.length) : each);
  // Two edits from some setting are many short names, by chance.
  const nearest = nearestName(bare(name), known.map(bare), bare(name).length < 5 ? 1 : undefined);
  return known.find((each) => bare(each) === nearest) ?? null;
}

/**
 * Returns whether Kubernetes set a variable for a service whose name begins with `latchkey`, as it does in every pod beside one:
 * `LATCHKEY_SERVICE_HOST`, `LATCHKEY_METRICS_PORT=tcp://…`, `LATCHKEY_PORT_8787_TCP_ADDR`.
 */
export function isServiceLink(name: string, value: string): boolean {
  if (!name.startsWith(PREFIX)) return false;
  return (
    /^LATCHKEY_(?:\w+_)?(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?)$/.test(name) ||
    isLinkAddress(name, value)
  );
}

function isLinkAddress(name: string, value: string): boolean {
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);
}
