#!/usr/bin/env node
/**
 * `npm run bench [-- --only PREFIX] [-- --json FILE]`: prepares the machine, measures and prints the table. `--only`
 * takes the beginning of an id, for example `engine.decide`.
 */
import { main } from '../tooling/report.mjs';
import { runPrepared } from './lib/run-prepared.mjs';

await main(() => runPrepared('tests/bench/main.ts'));
