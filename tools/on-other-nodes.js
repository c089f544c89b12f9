// @ts-check
/** Every suite of SQLite on every other Node: what `npm run nightly` adds to the check's choice of them. */
import { onOtherNodes } from './check/other-nodes.js';

const runs = await onOtherNodes({ all: true });
process.exitCode = runs.some(({ failed }) => failed > 0) ? 1 : 0;
