#!/usr/bin/env node
/** `npm run format`: lays every source out. */
import { layout } from './lib/checks.mjs';
import { main, step } from '../tooling/report.mjs';

await main(async () => {
  await step('layout', () => layout({ write: true }));
});
