#!/usr/bin/env node
/**
 * `npm run screenshots`: pictures of the consent window in every state, language, size and theme, in build/screenshots; the
 * English ones for the documentation go to docs/images. Prepares the machine; runs on Node 20, the pictures on the project's Node.
 * With words, only the pictures whose name contains one of them.
 */
import { main } from '../tooling/report.mjs';
import { runPrepared } from './lib/run-prepared.mjs';

await main(() => runPrepared('scripts/screenshots/main.ts'));
