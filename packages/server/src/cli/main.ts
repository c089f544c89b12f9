#!/usr/bin/env node
/**
 * The command `latchkey`.
 *
 * Owns the command line: arguments, what is printed where, exit codes. The commands that administer speak
 * HTTP to a running service through the client, so that nothing goes round it; `serve`, `migrate`, `doctor`
 * and `events --database` alone work on the spot, and what they work with is loaded when they run: engine,
 * configuration and drivers are most of what there is to load, and the others start without.
 */
import { ownVersion } from '../own-package.js';
import { runCommandLine } from './program.js';
import { processTerminal } from './terminal.js';

await runCommandLine(process.argv.slice(2), processTerminal(process), ownVersion());
