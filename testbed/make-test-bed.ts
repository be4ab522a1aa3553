/** Makes a test bed, for tests and for scripts alike; it knows nothing of the test runner. */
import { isWindows, machine, whyNo32Bit, whyNoEpm, whyNoWindows } from './machine.ts';
import { whyNoPowerShell, windowsPowerShell } from './powershell.ts';
import type { TestBed } from './test-bed.ts';
import { INSTALLER_TOOLS } from './installers.ts';
import { whyNoTools } from './tools.ts';
import { WineBed } from './wine/wine-bed.ts';
import { WindowsBed, whyNotElevated } from './windows/windows-bed.ts';

/** What the tests of a group need besides a Windows. `lockdown`: every PowerShell of the bed can be constrained. */
export type Need = 'epm' | 'productionEpm' | 'powerShell' | 'lockdown' | 'screen' | 'installerTools' | 'programs32';

const NO_LOCKDOWN = "PowerShell can be locked down only for the whole machine, and this one is not the bed's alone";

/** Why a bed with these needs cannot be had here; undefined when it can. */
export function whyNot(needs: readonly Need[]): string | undefined {
  const reasons = [
    isWindows ? whyNotElevated() : undefined,
    whyNoWindows(),
    needs.includes('epm') ? whyNoEpm('testBed') : undefined,
    needs.includes('productionEpm') ? whyNoEpm('production') : undefined,
    needs.includes('screen') && !isWindows ? whyNoTools(['Xvfb']) : undefined,
    needs.includes('installerTools') ? whyNoTools(INSTALLER_TOOLS) : undefined,
    needs.includes('programs32') ? whyNo32Bit() : undefined,
    needs.includes('lockdown') && isWindows ? NO_LOCKDOWN : undefined,
    needs.includes('powerShell') && windowsPowerShell() === undefined ? whyNoPowerShell() : undefined,
  ];
  return reasons.find((reason) => reason !== undefined);
}

/** A fresh bed; the caller disposes of it. Tests use `describeWindows`. @throws Error when there is no Windows here */
export async function makeTestBed(): Promise<TestBed> {
  const reason = whyNot([]);
  if (reason !== undefined || machine === undefined) throw new Error(reason);
  return isWindows ? WindowsBed.create(machine) : new WineBed(machine);
}
