/**
 * The real PowerShell of tests, demo and bench: `testbed/powershell` published for this system and for Windows.
 *
 * Its packages are on NuGet, where anything may be fetched from; the archives of Microsoft are not needed. Of the two
 * ways to get it from there, measured on 2 busy cores:
 * - the SDK `Microsoft.PowerShell.SDK`, published: 35 s a system, a start takes 0.25 s of processor time;
 * - the tool `PowerShell` (`dotnet tool install`): 2 s, a start takes 0.55 s, 0.85 s with the module, as nothing in it
 *   is compiled ahead of time. It brings no .NET for Windows, which would have to be published all the same.
 * The tests start PowerShell some hundred times, so the SDK has caught up within the first run.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from '../../tooling/lock.mjs';
import { run, which } from '../../tooling/process.mjs';
import { cacheRoot, isWindows, root } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { digest, filesBelow } from '../../tooling/stamp.mjs';

const source = path.join(root, 'testbed', 'powershell');
/** Milliseconds for one system. A slow network and a busy machine need a few minutes. */
const LONGEST = 15 * 60_000;
/** Begins the names of folders that are not finished. */
const UNFINISHED = 'publish-';

export const powerShellRuntimes = isWindows ? ['win-x64'] : ['linux-x64', 'win-x64'];

const shared = () => path.join(cacheRoot(), 'powershell');
/** Nothing in it depends on the rest of the project: all clones with the same files there share what is made of them. */
const folder = (runtime) => path.join(shared(), digest(filesBelow(source)).slice(0, 12), runtime);
export const powerShellProgram = (runtime) =>
  path.join(folder(runtime), runtime.startsWith('win') ? 'pwsh.exe' : 'pwsh');

/** Publishes PowerShell for one runtime, self-contained, unless it is there. */
export const publishPowerShell = (runtime) =>
  withLock(shared(), async () => {
    if (existsSync(folder(runtime))) return 'up to date';
    const dotnet = which('dotnet');
    if (dotnet === undefined) {
      throw new Missing('no dotnet SDK on PATH, so PowerShell cannot be published; EPM_PWSH can name one instead');
    }
    // Nobody is at work on them: the lock is held.
    for (const name of readdirSync(shared()).filter((each) => each.startsWith(UNFINISHED))) {
      rmSync(path.join(shared(), name), { recursive: true });
    }
    const work = path.join(shared(), `${UNFINISHED}${process.pid}`);
    try {
      await publish(dotnet, runtime, work);
      mkdirSync(path.dirname(folder(runtime)), { recursive: true });
      renameSync(path.join(work, 'output'), folder(runtime));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return 'published';
  });

async function publish(dotnet, runtime, work) {
  await run(
    dotnet,
    [
      ...['publish', path.join(source, 'pwsh.csproj'), '--nologo', '-c', 'Release', '-r', runtime],
      ...[
        '--self-contained',
        'true',
        '-o',
        path.join(work, 'output'),
        '--artifacts-path',
        path.join(work, 'artifacts'),
      ],
      // Only the packages of the lock file are taken, and no program stays.
      ...['-p:RestoreLockedMode=true', '--disable-build-servers', '-p:UseSharedCompilation=false'],
    ],
    {
      timeout: LONGEST,
      env: {
        HOME: homedir(),
        ...process.env,
        DOTNET_CLI_TELEMETRY_OPTOUT: '1',
        DOTNET_NOLOGO: '1',
        MSBUILDDISABLENODEREUSE: '1',
      },
    },
  );
}
