/** Runs inside Windows: says by how many minutes its clock is ahead of UTC, by Windows and by JavaScript. */
import { createZoneOffset, loadDlls } from '../../src/windows/index.ts';

const zoneOffset = createZoneOffset(loadDlls());
const times = process.argv.slice(2).map(Number);
const rows = times.map((time) => ({ windows: zoneOffset(time), script: -new Date(time).getTimezoneOffset() }));
process.stdout.write(JSON.stringify(rows));
