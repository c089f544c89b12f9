/**
 * The figures of Latchkey, each as a ratio beside its baseline, measured in this run on this machine.
 *
 * CPU time per operation, not wall time, which is noise on a shared machine. Every measurement runs in a process
 * of its own, and rounds of subject and baseline alternate, so that both meet the same weather; the median counts.
 *
 * npm run bench            all that take minutes
 * npm run bench -- verify  those whose name contains "verify"
 * npm run bench -- peers   the same job by other libraries, which it installs first
 * npm run bench -- growth  every operation at a million keys: half an hour, see growth.js for its options
 * npm run bench -- soak    a service at half of a core for an hour, see soak.js for its options
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MEASUREMENTS = [
  'verify-cached',
  'verify-redis',
  'verify-postgres',
  'verify-uncached',
  'postgres',
  'cluster',
  'http',
  'middleware',
  'memory',
  'memory-of-strangers',
  'start',
  'live',
];

/** Measurements that run only when they are named, with the options that follow the name. */
const ASKED_FOR = new Map([
  ['peers', 'peers/verify'],
  ['growth', 'growth'],
  ['soak', 'soak'],
]);

// An interrupt ends the measurement; the rows that it has reported are printed.
process.once('SIGINT', () => undefined);

const [wanted = '', ...options] = process.argv.slice(2);
const rows = [];
const asked = ASKED_FOR.get(wanted);
const names = asked === undefined ? MEASUREMENTS.filter((measurement) => measurement.includes(wanted)) : [asked];
for (const name of names) {
  process.stderr.write(`measuring ${name} …\n`);
  if (await measure(name)) continue;
  process.stderr.write(`measuring ${name} ended early\n`);
  process.exitCode = 1;
  break;
}
print(rows);

/** Runs one measurement in its own process and keeps each row that it reports. Returns whether it came to its end. */
function measure(name) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), options, { execArgv: ['--expose-gc'] });
    child.on('message', (row) => rows.push(row));
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** With a column for each further figure that any of the rows has. */
function print(measured) {
  const further = [...new Set(measured.flatMap(({ more = {} }) => Object.keys(more)))];
  const table = measured.map(({ what, subject, baseline, difference, unit, goal, more = {} }) => {
    const beside = difference === undefined ? `${(subject / baseline).toFixed(2)} ×` : `+ ${round(difference)} ${unit}`;
    const ratio = baseline === undefined ? '' : beside;
    const measuredCells = [what, `${round(subject)} ${unit}`, baseline === undefined ? '' : `${round(baseline)} ${unit}`, ratio];
    return [...measuredCells, ...further.map((name) => more[name] ?? ''), goal];
  });
  const head = ['what', 'measured', 'baseline', 'ratio', ...further, 'to reach'];
  const widths = head.map((title, column) => Math.max(title.length, ...table.map((row) => row[column].length)));
  for (const row of [head, ...table])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

function round(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
