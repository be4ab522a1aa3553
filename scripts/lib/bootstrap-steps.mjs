/** The steps of bootstrap, so that tests can ask for only what they need. */
import { installDebianPackages } from './debian.mjs';
import { powerShellRuntimes, publishPowerShell } from './dotnet.mjs';
import { writeMachine, writePowerShell } from './machine.mjs';
import { installPackages, installWindowsPackages } from './packages.mjs';
import { build, cacheRoot, isWindows } from '../../tooling/project.mjs';
import { optionalStep, step } from '../../tooling/report.mjs';
import { withLock } from '../../tooling/lock.mjs';
import { prepare32Bit } from '../../testbed/wine/programs32.mjs';
import { prepareTemplate, prepareWine } from '../../testbed/wine/wine.mjs';

/** npm packages and the project's Node; nothing works without them. */
export const preparePackages = () => withLock(build, () => step('npm packages', installPackages));

/** PowerShell for this system and for Windows. */
export async function preparePowerShell(lacks) {
  for (const runtime of powerShellRuntimes) {
    await optionalStep(`PowerShell for ${runtime}`, lacks, () => publishPowerShell(runtime));
  }
}

/** Tools and Wine for programs that run on Windows. */
export async function prepareWindows(lacks) {
  await withLock(cacheRoot(), async () => {
    await optionalStep('Debian packages', lacks, installDebianPackages);
    await optionalStep('packages for Windows', lacks, installWindowsPackages);
  });
  if (isWindows) return undefined;
  let wine;
  await withLock(cacheRoot(), async () => {
    await optionalStep('Wine', lacks, async () => {
      wine = await prepareWine();
      return `${wine.version}, ${wine.kind === 'system' ? "the system's" : 'in its own Debian'}`;
    });
    if (wine === undefined) return;
    await optionalStep('Wine for 32-bit programs', lacks, () => prepare32Bit(wine));
    await optionalStep('Wine prefix', lacks, async () => {
      const { template, made } = await prepareTemplate(wine);
      wine.template = template;
      return made ? 'made' : 'up to date';
    });
  });
  return wine?.template === undefined ? undefined : wine;
}

export const recordMachine = writeMachine;
export const recordPowerShell = writePowerShell;
