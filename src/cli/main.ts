/** epm.exe. Asking for the version loads nothing else. */
import { VERSION } from './version.ts';

async function start(values: readonly string[]): Promise<number> {
  if (values.length === 1 && (values[0] === '--version' || values[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const [{ run }, { processIo }] = await Promise.all([import('./program.ts'), import('./io.ts')]);
  return run(values, processIo());
}

void start(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
