/** Real installers, made by the tools of others: packages by wixl and msibuild, setup programs by NSIS. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Programs that this file needs. */
export const INSTALLER_TOOLS = ['wixl', 'msibuild', 'msiinfo', 'makensis'];

interface PackageOptions {
  /** Of the product: its folder below Program Files, and its key below HKLM\Software, are named so. */
  readonly name: string;
  /** Whether the cabinet is in the package; default: it is. */
  readonly embedded?: boolean;
  /** A program that the installation runs and that must end with 0: its path on this machine. */
  readonly action?: string;
  /** Its arguments, with properties in brackets; default: `from the package`. */
  readonly actionArguments?: string;
  /** A condition of the installation, which ends with 1603 where it does not hold. */
  readonly condition?: string;
}

/**
 * A package that installs `tool.txt`, in which its name stands, and a registry value with the property GREETING.
 * @returns the package, and the cabinet beside it
 * @throws Error when a tool fails or is missing
 */
export function makePackage(options: PackageOptions): { readonly bytes: Buffer; readonly cabinet: Buffer | undefined } {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'tool.txt'), options.name);
    if (options.action !== undefined) copyFileSync(options.action, path.join(folder, 'action.exe'));
    const whole = compile(folder, { ...options, embedded: true });
    if (options.embedded !== false) return { bytes: whole, cabinet: undefined };
    // wixl writes no cabinet beside a package: it is the one of a whole package.
    const cabinet = run(folder, 'msiinfo', 'extract', 'tool.msi', 'tool.cab');
    return { bytes: compile(folder, options), cabinet };
  });
}

/**
 * A setup program of so many bits that installs `setup.txt` into `Program Files\Field Setup`, notes its command line in
 * `HKLM\Software\Field Setup` under the folder it runs in, writes what it finds of its account to
 * `C:\ProgramData\Field Setup\PROFILE.ini`, and takes three seconds.
 * @throws Error when a tool fails or is missing
 */
export function makeSetup(bits: 32 | 64): Buffer {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'setup.txt'), 'set up');
    return compileSetup(folder, setupSource(bits));
  });
}

/**
 * A setup program of so many bits that unpacks `helper.exe` into its folder for temporary files and runs it with the
 * first arguments; then has cmd.exe run a renamed copy of it, `renamed.exe`, with the second ones. It writes both exit
 * codes to `C:\ProgramData\Nested Setup\codes.ini`.
 * @throws Error when a tool fails or is missing
 */
export function makeNestedSetup(
  bits: 32 | 64,
  { helper, first, second }: { readonly helper: Buffer; readonly first: string; readonly second: string },
): Buffer {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'helper.exe'), helper);
    const source = String.raw`Target ${bits === 64 ? 'amd64' : 'x86'}-unicode
Name "Nested Setup"
OutFile setup.exe
RequestExecutionLevel admin
SilentInstall silent
Section
  SetOutPath "$TEMP\nested"
  File helper.exe
  CopyFiles /SILENT "$TEMP\nested\helper.exe" "$TEMP\nested\renamed.exe"
  CreateDirectory "C:\ProgramData\Nested Setup"
  ExecWait '"$TEMP\nested\helper.exe" ${first}' $0
  WriteINIStr "C:\ProgramData\Nested Setup\codes.ini" codes first "$0"
  ExecWait '"C:\Windows\System32\cmd.exe" /c ""$TEMP\nested\renamed.exe" ${second}"' $0
  WriteINIStr "C:\ProgramData\Nested Setup\codes.ini" codes second "$0"
SectionEnd
`;
    return compileSetup(folder, source);
  });
}

/**
 * A setup program of so many bits that unpacks a renamed copy of cmd.exe, `shell.exe`, into its own folder, has the 64-bit
 * cmd.exe run that one there, and that one a command. It ends with the exit code that comes back.
 * @param shell cmd.exe
 * @throws Error when a tool fails or is missing
 */
export function makeShellSetup(
  bits: 32 | 64,
  { shell, command }: { readonly shell: Uint8Array; readonly command: string },
): Buffer {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'shell.exe'), shell);
    const cmd = `C:\\Windows\\${bits === 64 ? 'System32' : 'Sysnative'}\\cmd.exe`;
    const source = String.raw`Target ${bits === 64 ? 'amd64' : 'x86'}-unicode
Name "Shell Setup"
OutFile setup.exe
RequestExecutionLevel admin
SilentInstall silent
Section
  SetOutPath $EXEDIR
  File shell.exe
  ExecWait '"${cmd}" /c shell.exe /c ${command}' $0
  SetErrorLevel $0
SectionEnd
`;
    return compileSetup(folder, source);
  });
}

function compileSetup(folder: string, source: string): Buffer {
  writeFileSync(path.join(folder, 'setup.nsi'), source);
  run(folder, 'makensis', '-V1', 'setup.nsi');
  return readFileSync(path.join(folder, 'setup.exe'));
}

/**
 * A setup program of so many bits that needs what lies beside it: it asks `epmbeside.dll` for its number, copies `payload` into
 * `Program Files\Several Setup`, and asks `extra.dll` for its number too when there is one. What they answer, and at last
 * `end=1`, it writes to `C:\ProgramData\Several Setup\codes.ini`. Its own plug-in it unpacks into its folder for
 * temporary files.
 * @throws Error when a tool fails or is missing
 */
export function makeSeveralFilesSetup(bits: 32 | 64): Buffer {
  return inFolder((folder) => {
    const source = String.raw`Target ${bits === 64 ? 'amd64' : 'x86'}-unicode
Name "Several Setup"
OutFile setup.exe
RequestExecutionLevel admin
SilentInstall silent
Section
  CreateDirectory "C:\ProgramData\Several Setup"
  System::Call '$EXEDIR\epmbeside.dll::epm_beside_code() i .r0'
  WriteINIStr "C:\ProgramData\Several Setup\codes.ini" codes library "$0"
  CreateDirectory "$PROGRAMFILES${bits}\Several Setup"
  CopyFiles /SILENT "$EXEDIR\payload\*.*" "$PROGRAMFILES${bits}\Several Setup"
  IfFileExists "$EXEDIR\extra.dll" 0 done
  System::Call '$EXEDIR\extra.dll::epm_beside_code() i .r1'
  WriteINIStr "C:\ProgramData\Several Setup\codes.ini" codes extra "$1"
  done:
  WriteINIStr "C:\ProgramData\Several Setup\codes.ini" codes end "1"
SectionEnd
`;
    writeFileSync(path.join(folder, 'setup.nsi'), source);
    run(folder, 'makensis', '-V1', 'setup.nsi');
    return readFileSync(path.join(folder, 'setup.exe'));
  });
}

function compile(folder: string, options: PackageOptions): Buffer {
  writeFileSync(path.join(folder, 'tool.wxs'), packageSource(options));
  run(folder, 'wixl', '-o', 'tool.msi', 'tool.wxs');
  if (options.action !== undefined) {
    // wixl leaves out this kind of action: 2, a program in the package that must end with 0.
    const row = `('Run', 2, 'Program', '${options.actionArguments ?? 'from the package'}')`;
    const query = `INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ${row}`;
    run(folder, 'msibuild', 'tool.msi', '-q', query);
  }
  return readFileSync(path.join(folder, 'tool.msi'));
}

function packageSource({ name, embedded, action, condition }: PackageOptions): string {
  const withAction = action !== undefined;
  return `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="${name}" Version="1.2.3" Manufacturer="Example Works" Language="1033"
      UpgradeCode="${guid(`product ${name}`)}">
    <Package InstallerVersion="200" Compressed="yes" InstallScope="perMachine"/>
    <Media Id="1" Cabinet="tool.cab" EmbedCab="${embedded === false ? 'no' : 'yes'}"/>
    <Property Id="GREETING" Value="none"/>
    ${condition === undefined ? '' : `<Condition Message="This device is not fit.">${condition}</Condition>`}
    ${withAction ? '<Binary Id="Program" SourceFile="action.exe"/>' : ''}
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="${name}">
          <Component Id="Main" Guid="${guid(`component ${name}`)}" Win64="yes">
            <File Id="Tool" Name="tool.txt" Source="tool.txt" KeyPath="yes"/>
            <RegistryValue Root="HKLM" Key="Software\\${name}" Name="Greeting" Type="string" Value="[GREETING]"/>
          </Component>
        </Directory>
      </Directory>
    </Directory>
    <Feature Id="All" Level="1"><ComponentRef Id="Main"/></Feature>
    ${withAction ? '<InstallExecuteSequence><Custom Action="Run" After="InstallFiles"/></InstallExecuteSequence>' : ''}
  </Product>
</Wix>
`;
}

/** What a setup program writes down: a name, and the expression of NSIS. */
const SETUP_FACTS: Readonly<Record<string, string>> = {
  before: '$0',
  hive: '$4',
  profile: '$PROFILE',
  desktop: '$DESKTOP',
  documents: '$DOCUMENTS',
  roaming: '$APPDATA',
  localData: '$LOCALAPPDATA',
  temporary: '$TEMP',
  system: '$SYSDIR',
};
const SETUP_VARIABLES = ['USERNAME', 'USERDOMAIN', 'USERPROFILE', 'HOMEPATH', 'TEMP', 'TMP', 'APPDATA', 'LOCALAPPDATA'];

function setupSource(bits: 32 | 64): string {
  const note = (name: string, value: string): string => `  WriteINIStr "$2" facts ${name} "${value}"`;
  return String.raw`Target ${bits === 64 ? 'amd64' : 'x86'}-unicode
Name "Field Setup"
OutFile setup.exe
InstallDir "$PROGRAMFILES${bits}\Field Setup"
RequestExecutionLevel admin
SilentInstall silent
Section
  SetRegView ${bits}
  SetOutPath $INSTDIR
  File setup.txt
  ; The name of its profile, behind "\Users\".
  ReadEnvStr $1 HOMEPATH
  StrCpy $1 $1 "" 7
  CreateDirectory "C:\ProgramData\Field Setup"
  StrCpy $2 "C:\ProgramData\Field Setup\$1.ini"
  ReadRegStr $0 HKCU "Software\Field Setup" Account
  WriteRegStr HKCU "Software\Field Setup" Account "$1"
  ; Whose hive that is.
  StrCpy $3 0
  next:
    EnumRegKey $4 HKU "" $3
    StrCmp $4 "" found
    IntOp $3 $3 + 1
    ReadRegStr $5 HKU "$4\Software\Field Setup" Account
    StrCmp $5 $1 found next
  found:
${Object.entries(SETUP_FACTS)
  .map(([name, value]) => note(name, value))
  .join('\n')}
${SETUP_VARIABLES.map((name) => `  ReadEnvStr $6 ${name}\n${note(name, '$6')}`).join('\n')}
  FileOpen $7 "$TEMP\field.txt" w
  FileWrite $7 "$1"
  FileClose $7
  Sleep 3000
  WriteRegStr HKLM "Software\Field Setup" "$EXEDIR" "$CMDLINE"
  WriteUninstaller "$INSTDIR\uninstall.exe"
SectionEnd
Section Uninstall
SectionEnd
`;
}

/** The same for the same text. */
function guid(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex').toUpperCase();
  return [8, 4, 4, 4, 12].map((length, at) => digits.slice(at * 12, at * 12 + length)).join('-');
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-installer-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Output of a tool. */
function run(folder: string, tool: string, ...words: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(tool, words, { cwd: folder });
  if (status !== 0) throw new Error(`${tool} ${words.join(' ')}: ${String(stdout)}${String(stderr)}`);
  return stdout;
}
