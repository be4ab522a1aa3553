/** Which starts the launcher has to see, by the policy in force. */
import type { CompiledRuleStatus } from '../../engine/index.ts';
import { parsePath } from '../../engine/path-pattern.ts';
import { machineFolder } from '../../engine/path-variables.ts';
import type { MachineFolders } from '../../model/request.ts';
import { foldCase } from '../../text/compare.ts';
import { debuggerValue, MAX_DEBUGGER, type WantedOption } from './image-options.ts';
import { type NeverReason, whyNeverIntercepted } from './never-intercepted.ts';

interface WantedOptions {
  /** By folded name. */
  readonly wanted: ReadonlyMap<string, WantedOption>;
  /** Names that are left out. */
  readonly leftOut: readonly { readonly name: string; readonly reason: NeverReason | 'nameTooLong' }[];
}

/**
 * An automatic rule has a literal file name; of the other rules, which count where elevation requests are detected, those
 * that have one are taken. Where its path is one folder of the machine, only programs of that folder are
 * seen; a folder in the profiles of people, or a short name, is none that Windows could compare, so every program of the
 * name is seen and the agent decides by the path.
 * @param launcher absolute path of epmlaunch.exe
 * @param detects some policy has elevation requests detected
 */
export function wantedOptions(
  rules: readonly CompiledRuleStatus[],
  folders: MachineFolders,
  { launcher, detects }: { readonly launcher: string; readonly detects: boolean },
): WantedOptions {
  const found = new Map<string, { readonly name: string; paths: Map<string, string> | undefined }>();
  const leftOut = new Map<string, WantedOptions['leftOut'][number]>();
  for (const rule of rules) {
    if (rule.state !== 'active' || (rule.type !== 'automatic' && !detects)) continue;
    const name = rule.written.fileName?.trim() ?? '';
    // Windows Installer and PowerShell are what starts for the others.
    if (!/^[^*?]+\.exe$/i.test(name)) continue;
    const folded = foldCase(name);
    const never = whyNeverIntercepted(name);
    const reason = never ?? (debuggerValue(launcher, name).length > MAX_DEBUGGER ? 'nameTooLong' : undefined);
    if (reason !== undefined) {
      leftOut.set(folded, { name, reason });
      continue;
    }
    const path = fullPath(rule, name, folders);
    const known = found.get(folded) ?? { name, paths: new Map<string, string>() };
    if (path === undefined) known.paths = undefined;
    else known.paths?.set(foldCase(path), path);
    found.set(folded, known);
  }
  const wanted = [...found].map(
    ([folded, { name, paths }]) => [folded, { name, paths: paths && [...paths.values()] }] as const,
  );
  return { wanted: new Map(wanted), leftOut: [...leftOut.values()] };
}

/** Undefined: no path, or none that Windows could compare. */
function fullPath({ written }: CompiledRuleStatus, name: string, folders: MachineFolders): string | undefined {
  const text = written.filePath?.trim().replaceAll('/', '\\') ?? '';
  if (text === '') return undefined;
  const parsed = parsePath(text, name, { folders });
  if ('problem' in parsed || parsed.path.base !== 'machine' || parsed.path.literal === undefined) return undefined;
  const [, variable, rest] = /^%([^%\\]+)%(.*)$/s.exec(text) ?? [];
  const folder = variable === undefined ? text : `${machineFolder(variable, folders) ?? ''}${rest ?? ''}`;
  const segments = folder.split('\\').filter((segment) => segment !== '');
  if (foldCase(segments.at(-1) ?? '') === foldCase(name)) segments.pop();
  return [...segments, name].join('\\');
}
