#!/usr/bin/env node
/**
 * `npm run demo`: one elevation from end to end. Prepares the machine, then delivers a policy as Intune does and lets a
 * standard user ask for programs from PowerShell. Runs on Node 20; the demo itself runs on the project's Node.
 */
import { main } from '../tooling/report.mjs';
import { runPrepared } from './lib/run-prepared.mjs';

await main(() => runPrepared('scripts/demo/main.ts'));
