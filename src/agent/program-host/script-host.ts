/** Which PowerShell runs a script, and what stands on its command line. */
import type { HostProgram } from '../ports.ts';

/**
 * What every script is started with: no profile of the account, and no policy of execution but that of Group Policy,
 * because the rule has decided already. Behind `-File` nothing is code: PowerShell takes the rest as texts for the
 * script's parameters (about_PowerShell_exe).
 */
export const SCRIPT_SWITCHES: readonly string[] = ['-NoLogo', '-NoProfile', '-ExecutionPolicy', 'Bypass', '-File'];

/** Windows PowerShell ends with version 5.1; whatever asks for more means the other edition. */
const FIRST_CORE_VERSION = 6;

/**
 * The host that a script asks for by `#requires -Version` or `-PSEdition`. Where this is mistaken the host itself refuses
 * the script, because it reads the same lines.
 * @param requires lines without the sign, as the facts of a script have them
 */
export function scriptHost(requires: readonly string[]): Extract<HostProgram, 'windowsPowerShell' | 'powerShell'> {
  return requires.some(asksForCore) ? 'powerShell' : 'windowsPowerShell';
}

function asksForCore(line: string): boolean {
  return parameters(line).some(({ name, value }) => {
    switch (parameterOf(name)) {
      case 'version':
        return Number(/^\d{1,9}/.exec(value)?.[0] ?? 0) >= FIRST_CORE_VERSION;
      case 'psedition': {
        const editions = value.toLowerCase().split(',');
        return editions.includes('core') && !editions.includes('desktop');
      }
      case undefined:
        return false;
    }
  });
}

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** `-Name value` and `-Name:value`, of which quotation marks are taken off. */
function parameters(line: string): readonly Parameter[] {
  const found = line.matchAll(/(?<=\s)[-\u2013\u2014\u2015](\w+)(?::\s*|\s+)([^-\s\u2013-\u2015][^\s]*)/g);
  return [...found].map(([, name = '', value = '']) => ({ name, value: value.replaceAll(/["'\u2018-\u201e]/g, '') }));
}

/** PowerShell takes the beginning of a name; where it fits several, the first of these (tokenizer of its parser). */
function parameterOf(name: string): 'version' | 'psedition' | undefined {
  const known = ['runasadministrator', 'shellid', 'pssnapin', 'psedition', 'version', 'assembly', 'modules'] as const;
  const found = known.find((each) => each.startsWith(name.toLowerCase()));
  return found === 'version' || found === 'psedition' ? found : undefined;
}
