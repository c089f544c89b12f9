#!/usr/bin/env node
// Not in dist/: npm links a command when it installs, which in a clone is before anything is built.
await import('../dist/program/main.js');
