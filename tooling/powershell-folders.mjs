/** Variables that keep what PowerShell writes down for itself out of the home of whoever works on the project. */
import path from 'node:path';
import { build, isWindows } from './project.mjs';

/** @returns {Record<string, string>} for the environment of PowerShell, or of a program that starts it */
export function powerShellFolders() {
  const home = path.join(build, 'powershell-home');
  if (isWindows) return { PSModuleAnalysisCachePath: path.join(home, 'ModuleAnalysisCache') };
  return { XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
}
