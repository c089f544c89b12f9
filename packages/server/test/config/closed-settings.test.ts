/** Settings are closed and bounded alike at every entry point: generated from their tables. */
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from 'latchkey';
import { readSelfServicePolicy, readSettings } from 'latchkey/internal';
import { flagOf, LIBRARY_SETTINGS, variableOf, type Setting } from 'latchkey/internal';
import { describe, expect, it } from 'vitest';
import { slipsOf } from '../../../../tools/name-slips.js';
import { withSettings } from '../../src/cli/setting-flags.js';
import { readConfig, SECRET_VARIABLES, secretsOf, SETTINGS, type ConfigSources } from '../../src/config/index.js';

const ROWS = Object.entries<Setting>(SETTINGS);
const FIELDS = ROWS.map(([field]) => field);
const VARIABLES = ROWS.map(([field, row]) => variableOf(field, row)).filter((variable) => variable !== null);
const FLAGS = ROWS.map(([field, row]) => flagOf(field, row)).filter((flag) => flag !== null);

const read = (sources: Partial<ConfigSources>) => readConfig({ variables: {}, readText: () => '{}', ...sources });
const readFile = (file: object) => read({ configFlag: 'latchkey.json', readText: () => JSON.stringify(file) });
const namesOf = (names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((name) => [name, 'x']));

describe('a setting misspelt by one letter is refused by name, and the right one is offered', () => {
  it.each(FIELDS)('in the configuration file: %s', (field) => {
    const slips = slipsOf(field, FIELDS);
    const row = SETTINGS[field as keyof typeof SETTINGS];
    const remedy =
      row.secret === 'value'
        ? `a secret does not belong here; set ${variableOf(field, row)}, or ${field}File.`
        : `No such setting; did you mean "${field}"?`;
    expect(readFile(namesOf(slips)).problems).toEqual(expect.arrayContaining(slips.map((slip) => `${slip} (in the file): ${remedy}`)));
  });

  it.each(VARIABLES.filter((variable) => variable.startsWith('LATCHKEY_')))('as a variable: %s', (variable) => {
    const slips = slipsOf(variable, [...VARIABLES, 'LATCHKEY_CONFIG', 'LATCHKEY_URL', 'LATCHKEY_TOKEN', 'LATCHKEY_ADMIN_KEY']);
    const { problems, config } = read({ variables: namesOf(slips) });
    expect(config).toBeNull();
    expect(problems).toEqual(expect.arrayContaining(slips.map((slip) => `${slip}: No such variable; did you mean "${variable}"?`)));
  });

  it.each(FLAGS)('as a flag: %s', (flag) => {
    const bare = flag.slice(2);
    const slips = slipsOf(
      bare,
      FLAGS.map((each) => each.slice(2)),
    );
    for (const slip of slips.filter((each) => !each.startsWith('-'))) {
      const refusal = refusalOf([`--${slip}`, 'x']);
      expect(refusal).toContain(`unknown option '--${slip}'`);
      expect(refusal).toMatch(new RegExp(`Did you mean .*${flag}\\b`));
    }
  });
});

/** What the command line says to flags. */
function refusalOf(argv: readonly string[]): string {
  const command = withSettings(new Command('serve')).exitOverride();
  try {
    command.configureOutput({ writeErr: () => undefined }).parse(argv, { from: 'user' });
    return '';
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.message;
  }
}

it('the default of every setting can be given, too', () => {
  const refused = ROWS.filter(([, { kind, fallback }]) => fallback !== null && kind.read(fallback, () => undefined) === undefined);
  expect(refused.map(([field]) => field)).toEqual([]);
});

describe('bounds of settings', () => {
  const bounded = ROWS.flatMap(([field, { kind }]) => (kind.bounds === undefined ? [] : [[field, kind.bounds] as const]));
  const atLibrary = bounded.filter(([field]) => Object.hasOwn(LIBRARY_SETTINGS, field));

  const serviceProblems = (field: string, value: number): readonly string[] => {
    const variable = variableOf(field, SETTINGS[field as keyof typeof SETTINGS]) ?? '';
    return read({ variables: { [variable]: String(value) } }).problems.map((problem) => problem.replace(variable, field));
  };

  const libraryProblems = (field: string, value: number): readonly string[] => {
    try {
      readSettings({ [field]: value });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return error.problems;
    }
  };

  it('are those of every number, at both entry points', () => {
    const numbers = Object.entries(LIBRARY_SETTINGS).filter(([, { fallback }]) => typeof fallback === 'number');
    expect(atLibrary.map(([field]) => field)).toEqual(expect.arrayContaining(numbers.map(([field]) => field)));
  });

  it.each(bounded)(
    '%s: one below the least and one above the greatest are refused by the service, and both bounds are taken',
    (field, bounds) => {
      const { min, max } = bounds;
      const refusal = [`${field}: use a whole number from ${min} to ${max}.`];
      expect([serviceProblems(field, min - 1), serviceProblems(field, max + 1)]).toEqual([refusal, refusal]);
      expect([serviceProblems(field, min), serviceProblems(field, max)]).toEqual([[], []]);
    },
  );

  it.each([
    ['maxKeys', 'selfServiceMaxKeys'],
    ['changesPerHour', 'selfServiceChangesPerHour'],
  ])('%s of a policy of self-service: the library refuses and takes what the service does, with the same words', (option, field) => {
    const policyProblems = (value: number): readonly string[] => {
      try {
        readSelfServicePolicy({ [option]: value }, readSettings({}));
        return [];
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        return error.problems.map((problem) => problem.replace(option, field));
      }
    };
    for (const value of [0, 1, 1_000_000, 1_000_001]) expect(policyProblems(value)).toEqual(serviceProblems(field, value));
  });

  it.each(atLibrary)('%s: the library refuses and takes the same, with the same words', (field, { min, max }) => {
    for (const value of [min - 1, min, max, max + 1]) expect(libraryProblems(field, value)).toEqual(serviceProblems(field, value));
  });
});

describe('secrets among the settings', () => {
  const SECRETS: Readonly<Record<string, string>> = {
    ADMIN_API_KEY: 'r4hN0c7oWQxkBz1sVt8mJeYp5uGd2aLf',
    DATABASE_URL: 'postgres://ada:m9TQe0bXw3RkPz6yHs1vUj8d@db/keys',
    LATCHKEY_PEPPERS: 'p1:Fa5nLc2iGo7tKqEx4ZrW0dMb8yPu3hVs',
    LATCHKEY_JWT_SECRET: 'Xw3RkPz6yHs1vUj8dFa5nLc2iGo7tKqE',
    LATCHKEY_JWT_ISSUER: 'https://id.example/',
    LATCHKEY_JWT_AUDIENCE: 'portal',
    LATCHKEY_OIDC_CLIENT_SECRET: 'Go7tKqEx4ZrW0dMb8yPu3hVsFa5nLc2i',
    LATCHKEY_OIDC_ISSUER: 'https://id.example/',
    LATCHKEY_OIDC_CLIENT_ID: 'latchkey',
    LATCHKEY_OIDC_ALLOWED_GROUPS: 'ops',
    LATCHKEY_PUBLIC_URL: 'https://keys.example.com',
    REDIS_URL: 'redis://:b8yPu3hVsFa5nLc2iGo7tKqEx4Zr@redis',
  };
  const secret = ROWS.filter(([, row]) => row.secret !== undefined);

  it('are all left out of the log and of the environment', () => {
    const { config, problems } = read({ variables: SECRETS });
    if (config === null) throw new Error(problems.join('\n'));
    const scrubbed = secretsOf(config);
    for (const [field, row] of secret) {
      const variable = variableOf(field, row) ?? '';
      expect(SECRET_VARIABLES).toContain(variable);
      expect(
        scrubbed.some((text) => SECRETS[variable]?.includes(text)),
        variable,
      ).toBe(true);
    }
  });

  it('have no flag where the whole value is secret, and a file of their own in any case', () => {
    for (const [field, row] of secret) {
      expect(flagOf(field, row) === null, field).toBe(row.secret === 'value');
      expect(FIELDS).toContain(`${field}File`);
    }
  });
});
