/** The environment of a PowerShell session. */

/**
 * What programs need to find Windows and their user. Everything else stays away: variables can load foreign code into
 * .NET (COR_PROFILER, DOTNET_STARTUP_HOOKS), change the execution policy, or lead to modules of the user
 * (PSModulePath).
 */
const KEPT: ReadonlySet<string> = new Set([
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'USERPROFILE',
  'USERNAME',
  'USERDOMAIN',
  'APPDATA',
  'LOCALAPPDATA',
  'TEMP',
  'TMP',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  // Other systems.
  'HOME',
  'LANG',
  'TMPDIR',
  'USER',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
]);

export function sessionEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => KEPT.has(name.toUpperCase()))),
    POWERSHELL_TELEMETRY_OPTOUT: '1',
    POWERSHELL_UPDATECHECK: 'Off',
    // Elsewhere than on Windows .NET writes to the terminal, though nobody has one here, what it knows of its kind.
    TERM: 'dumb',
    NO_COLOR: '1',
  };
}
