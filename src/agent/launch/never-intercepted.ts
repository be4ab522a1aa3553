/**
 * Programs whose start the launcher never takes the place of, whatever a rule says, and why. An automatic rule for one of
 * them elevates it when it is asked for by a verb, and not when it starts as always.
 */
import { foldCase } from '../../text/compare.ts';

export type NeverReason =
  /** EPM's own. */
  | 'ownProgram'
  /** Windows starts it to come up, to sign people on, or to keep itself running. */
  | 'partOfWindows'
  /** The agent starts it by itself, or everything else does, all the time. */
  | 'startedByAll';

const NEVER: Readonly<Record<NeverReason, readonly string[]>> = {
  ownProgram: [],
  partOfWindows: [
    'smss.exe',
    'csrss.exe',
    'wininit.exe',
    'winlogon.exe',
    'services.exe',
    'lsass.exe',
    'lsaiso.exe',
    'lsm.exe',
    'svchost.exe',
    'spoolsv.exe',
    'fontdrvhost.exe',
    'dwm.exe',
    'logonui.exe',
    'lockapp.exe',
    'userinit.exe',
    'explorer.exe',
    'sihost.exe',
    'ctfmon.exe',
    'taskhostw.exe',
    'runtimebroker.exe',
    'dllhost.exe',
    'consent.exe',
    'credentialuibroker.exe',
    'werfault.exe',
    'wermgr.exe',
    'audiodg.exe',
    'msmpeng.exe',
    'mpcmdrun.exe',
    'nissrv.exe',
    'securityhealthservice.exe',
    'trustedinstaller.exe',
    'tiworker.exe',
    'autochk.exe',
    'setupcl.exe',
    'wudfhost.exe',
    'taskmgr.exe',
    'regedit.exe',
  ],
  startedByAll: [
    'conhost.exe',
    'openconsole.exe',
    'cmd.exe',
    'powershell.exe',
    'pwsh.exe',
    'msiexec.exe',
    'rundll32.exe',
    'regsvr32.exe',
  ],
};

const REASONS: ReadonlyMap<string, NeverReason> = new Map(
  (Object.entries(NEVER) as [NeverReason, readonly string[]][]).flatMap(([reason, names]) =>
    names.map((name) => [foldCase(name), reason] as const),
  ),
);

/** @param name of a file. @returns undefined: the launcher may take its place */
export function whyNeverIntercepted(name: string): NeverReason | undefined {
  const folded = foldCase(name);
  return folded.startsWith('EPM') ? 'ownProgram' : REASONS.get(folded);
}
