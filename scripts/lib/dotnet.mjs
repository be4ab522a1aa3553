/** The PowerShell host of the tests (tests/powershell-host), published for this system and for Windows. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run, which } from '../../tooling/process.mjs';
import { build, isWindows, root } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { clearFresh, digest, filesBelow, isFresh, setFresh } from '../../tooling/stamp.mjs';

const source = path.join(root, 'tests', 'powershell-host');
const output = (runtime) => path.join(build, 'powershell-host', runtime);
export const hostProgram = (runtime) =>
  path.join(output(runtime), runtime.startsWith('win') ? 'powershell-host.exe' : 'powershell-host');

export const hostRuntimes = isWindows ? ['win-x64'] : ['linux-x64', 'win-x64'];

/** Publishes the host for each runtime, self-contained, when its source has changed. */
export async function buildPowerShellHost() {
  const projects = filesBelow(source).filter((file) => file.endsWith('.csproj'));
  const project = projects[0];
  if (project === undefined) throw new Missing('tests/powershell-host has no project file');
  const inputs = digest(filesBelow(source), hostRuntimes.join());
  if (isFresh('powershell-host', inputs, hostRuntimes.map(hostProgram))) return 'up to date';
  const dotnet = which('dotnet');
  if (dotnet === undefined) {
    throw new Missing(
      'no dotnet SDK on PATH, so the PowerShell host cannot be built; the module is tested only with EPM_PWSH',
    );
  }
  clearFresh('powershell-host');
  for (const runtime of hostRuntimes) {
    await run(
      dotnet,
      [
        ...['publish', project, '--nologo', '-c', 'Release', '-r', runtime, '--self-contained', 'true'],
        ...['-o', output(runtime), '--artifacts-path', path.join(build, 'dotnet'), '-p:UseSharedCompilation=false'],
      ],
      {
        env: {
          HOME: homedir(),
          ...process.env,
          DOTNET_CLI_TELEMETRY_OPTOUT: '1',
          DOTNET_NOLOGO: '1',
          MSBUILDDISABLENODEREUSE: '1',
        },
      },
    );
    if (!existsSync(hostProgram(runtime))) throw new Error(`dotnet publish did not make "${hostProgram(runtime)}"`);
  }
  setFresh('powershell-host', inputs);
  return `published for ${hostRuntimes.join(' and ')}`;
}
