/** Rules as administrators write them, each of which gives people administrator rights, and the words that tell how. */
import type { RuleInput } from '../../../../src/model/rule.ts';

const SYSTEM32 = '%SystemRoot%\\System32';
const CERTIFICATE = { type: 'publisher', sha256: 'c3'.repeat(32) } as const;
const WINDOWS = {
  certificate: CERTIFICATE,
  productName: 'Microsoft® Windows® Operating System',
  minimumVersion: '10.0.19041.0',
};

type Expected = RegExp;

interface DangerousRule {
  readonly rule: RuleInput;
  /** Part of the message that names the way out. */
  readonly way: Expected;
}

function confirmed(name: string, attributes: Partial<RuleInput>): RuleInput {
  return { name, type: 'userConfirmed', ...attributes };
}

function ofWindows(way: Expected, files: string, filePath = SYSTEM32): readonly DangerousRule[] {
  return files
    .split(' ')
    .map((file) => ({ way, rule: confirmed(file, { fileName: `${file}.exe`, filePath, ...WINDOWS }) }));
}

function installed(way: Expected, files: readonly (readonly [file: string, folder: string, productName: string])[]) {
  return files.map(([file, folder, productName]): DangerousRule => {
    const filePath = `%ProgramFiles%\\${folder}`;
    const detected = {
      fileName: `${file}.exe`,
      filePath,
      certificate: CERTIFICATE,
      productName,
      minimumVersion: '1.2',
    };
    return { way, rule: confirmed(productName, detected) };
  });
}

/** Tools with a list of command lines that leaves open what is run. */
function listed(way: Expected, file: string, lines: readonly string[], more: Partial<RuleInput> = {}) {
  return lines.map((line): DangerousRule => {
    const detected = { fileName: `${file}.exe`, filePath: SYSTEM32, ...WINDOWS, arguments: [line], ...more };
    return { way, rule: confirmed(`${file} ${line}`, detected) };
  });
}

export const DANGEROUS_RULES: readonly DangerousRule[] = [
  // Interpreters without a list.
  ...ofWindows(
    /run any command/,
    'cmd mshta rundll32 regsvr32 wscript cscript msiexec forfiles wmic netsh mmc conhost hh',
  ),
  ...ofWindows(/run any command/, 'powershell powershell_ise', `${SYSTEM32}\\WindowsPowerShell\\v1.0`),
  ...ofWindows(
    /run any command/,
    'msbuild installutil regasm regsvcs csc',
    '%SystemRoot%\\Microsoft.NET\\Framework64\\v4.0.30319',
  ),
  ...installed(/run any command/, [
    ['pwsh', 'PowerShell\\7', 'PowerShell'],
    ['python', 'Python312', 'Python'],
    ['node', 'nodejs', 'Node.js'],
    ['java', 'Java\\jre\\bin', 'Java Platform SE'],
    ['dotnet', 'dotnet', 'Microsoft .NET'],
    ['wt', 'Terminal', 'Windows Terminal'],
    ['PsExec64', 'Sysinternals', 'Sysinternals PsExec'],
    ['bash', 'Git\\bin', 'Git'],
  ]),
  // What the public lists of programs that live off the land name, and tools like them.
  ...ofWindows(
    /starts the program or script/,
    'atbroker customshellhost gpscript iexpress logman mofcomp msdt pcalua pcwrun provlaunch runas runonce scriptrunner setres stordiag syncappvpublishingserver unregmp2 wlrmdr workfolders openwith',
  ),
  ...ofWindows(
    /loads code/,
    'certoc cmstp control dfsvc dnscmd extexport ie4uinit mavinject odbcconf presentationhost rasautou register-cimprovider tttracer verclsid wuauclt xwizard dllhost',
  ),
  ...ofWindows(
    /project or source file/,
    'jsc vbc ilasm microsoft.workflow.compiler aspnet_compiler',
    '%SystemRoot%\\Microsoft.NET\\Framework64\\v4.0.30319',
  ),
  ...ofWindows(
    /writes any file/,
    'bitsadmin certreq certutil cmdl32 curl desktopimgdownldr diantz expand extrac32 makecab pktmon print printbrm psr replace robocopy tar xcopy',
  ),
  ...ofWindows(/access to files/, 'cacls icacls takeown cipher subst'),
  ...ofWindows(/registry/, 'reg regini setx'),
  ...ofWindows(/registry/, 'regedit', '%SystemRoot%'),
  ...ofWindows(/task or a service/, 'at sc schtasks'),
  ...ofWindows(/group of administrators/, 'net net1 netdom cmdkey ldifde djoin tscon dsadd'),
  ...ofWindows(/how Windows starts/, 'bcdedit bcdboot reagentc bootsect'),
  ...ofWindows(/disks/, 'diskpart format fsutil manage-bde mountvol vssadmin'),
  ...ofWindows(/drivers/, 'pnputil fltmc infdefaultinstall verifier'),
  ...ofWindows(/memory of any process/, 'rdrleakdiag'),
  ...ofWindows(/locked/, 'esentutl ntdsutil wbadmin'),
  ...ofWindows(/any file/, 'findstr comp'),
  ...ofWindows(/switches off/, 'auditpol secedit taskkill wevtutil configsecuritypolicy'),
  ...ofWindows(/packages/, 'dism wusa'),
  ...ofWindows(/prompt/, 'diskshadow ftp'),
  // Windows that open others.
  ...ofWindows(/any snap-in/, 'eventvwr compmgmtlauncher perfmon'),
  ...ofWindows(/replaces any file/, 'explorer', '%SystemRoot%'),
  ...ofWindows(/any process/, 'taskmgr resmon'),
  ...ofWindows(/dialogs/, 'notepad mspaint msinfo32 dxdiag eudcedit mstsc'),
  ...ofWindows(/other tools of Windows/, 'msconfig iscsicpl computerdefaults hdwwiz utilman osk sigverif'),
  ...ofWindows(/accounts are administrators/, 'netplwiz odbcad32 systempropertiesadvanced wbemtest'),
  // Installed applications.
  ...installed(/replaces any file/, [
    ['7zFM', '7-Zip', '7-Zip'],
    ['WinRAR', 'WinRAR', 'WinRAR'],
    ['TOTALCMD64', 'totalcmd', 'Total Commander'],
    ['Everything', 'Everything', 'Everything'],
    ['TreeSize', 'JAM Software\\TreeSize', 'TreeSize'],
  ]),
  ...installed(/any process/, [
    ['procexp64', 'Sysinternals', 'Process Explorer'],
    ['Procmon64', 'Sysinternals', 'Sysinternals Procmon'],
    ['SystemInformer', 'SystemInformer', 'System Informer'],
  ]),
  ...installed(/terminal/, [
    ['git-bash', 'Git', 'Git'],
    ['mintty', 'Git\\usr\\bin', 'mintty'],
    ['WindowsTerminal', 'Windows Terminal', 'Windows Terminal'],
    ['ConEmu64', 'ConEmu', 'ConEmu'],
    ['Code', 'Microsoft VS Code', 'Visual Studio Code'],
    ['devenv', 'Microsoft Visual Studio\\2022\\Professional\\Common7\\IDE', 'Microsoft Visual Studio'],
    ['idea64', 'JetBrains\\IntelliJ IDEA\\bin', 'IntelliJ IDEA'],
    ['pycharm64', 'JetBrains\\PyCharm\\bin', 'PyCharm'],
  ]),
  ...installed(/plug-ins/, [
    ['notepad++', 'Notepad++', 'Notepad++'],
    ['Wireshark', 'Wireshark', 'Wireshark'],
    ['Ssms', 'Microsoft SQL Server Management Studio 20\\Common7\\IDE', 'SQL Server Management Studio'],
    ['obs64', 'obs-studio\\bin\\64bit', 'OBS Studio'],
  ]),
  ...installed(/macros/, [
    ['EXCEL', 'Microsoft Office\\root\\Office16', 'Microsoft Office'],
    ['WINWORD', 'Microsoft Office\\root\\Office16', 'Microsoft Office'],
    ['MSACCESS', 'Microsoft Office\\root\\Office16', 'Microsoft Office'],
    ['soffice', 'LibreOffice\\program', 'LibreOffice'],
  ]),
  ...installed(/whoever connects/, [
    ['TeamViewer', 'TeamViewer', 'TeamViewer'],
    ['AnyDesk', 'AnyDesk', 'AnyDesk'],
    ['rustdesk', 'RustDesk', 'RustDesk'],
  ]),
  ...installed(/folder of the device/, [
    ['docker', 'Docker\\Docker\\resources\\bin', 'Docker'],
    ['kubectl', 'Kubernetes', 'kubectl'],
    ['VBoxManage', 'Oracle\\VirtualBox', 'Oracle VirtualBox'],
  ]),
  ...installed(/packages/, [
    ['winget', 'WindowsApps\\Microsoft.DesktopAppInstaller', 'App Installer'],
    ['choco', 'Chocolatey\\bin', 'Chocolatey'],
    ['npm', 'nodejs', 'npm'],
    ['nuget', 'NuGet', 'NuGet'],
  ]),
  ...installed(/source file/, [
    ['cargo', 'Rust\\bin', 'Cargo'],
    ['fsi', 'Microsoft F#', 'Microsoft F#'],
    ['nmake', 'VC\\bin', 'Microsoft Visual Studio'],
  ]),
  ...installed(/starts the program/, [
    ['git', 'Git\\cmd', 'Git'],
    ['msdeploy', 'IIS\\Microsoft Web Deploy V3', 'Web Deploy'],
    ['vsjitdebugger', 'Debuggers', 'Microsoft Visual Studio'],
    ['Squirrel', 'Vendor', 'Squirrel'],
    ['terraform', 'HashiCorp', 'Terraform'],
  ]),
  ...installed(/any other process/, [
    ['windbg', 'Windows Kits\\10\\Debuggers\\x64', 'Microsoft Windows Debugger'],
    ['cdb', 'Windows Kits\\10\\Debuggers\\x64', 'Microsoft Windows Debugger'],
    ['x64dbg', 'x64dbg', 'x64dbg'],
  ]),
  ...installed(/memory of any process/, [
    ['procdump64', 'Sysinternals', 'Sysinternals ProcDump'],
    ['Sqldumper', 'Microsoft SQL Server\\160\\Shared', 'Microsoft SQL Server'],
  ]),
  ...installed(/prompt/, [
    ['sqlcmd', 'Microsoft SQL Server\\Client SDK', 'Microsoft SQL Server'],
    ['psql', 'PostgreSQL\\16\\bin', 'PostgreSQL'],
  ]),
  ...installed(/open any program from the file dialog/, [
    ['chrome', 'Google\\Chrome\\Application', 'Google Chrome'],
    ['msedge', 'Microsoft\\Edge\\Application', 'Microsoft Edge'],
    ['firefox', 'Mozilla Firefox', 'Firefox'],
  ]),
  // By another name, or by no file name at all.
  {
    way: /registry/,
    rule: confirmed('renamed', { fileName: 'tool.exe', internalName: 'REGEDIT', filePath: SYSTEM32, ...WINDOWS }),
  },
  {
    way: /any process/,
    rule: confirmed('by product', {
      certificate: CERTIFICATE,
      productName: 'Process Explorer',
      minimumVersion: '17',
      filePath: '%ProgramFiles%\\Sysinternals',
    }),
  },
  {
    way: /plug-ins/,
    rule: confirmed('by pattern', {
      fileName: 'notepad+*.exe',
      certificate: CERTIFICATE,
      minimumVersion: '8',
      filePath: '%ProgramFiles%\\Notepad++',
    }),
  },
  { way: /every tool of Windows/, rule: confirmed('System32', { filePath: SYSTEM32, ...WINDOWS }) },
  { way: /every tool of Windows/, rule: confirmed('Windows', { filePath: '%SystemRoot%\\**', ...WINDOWS }) },
  {
    way: /any snap-in/,
    rule: confirmed('mmc', {
      fileName: 'mmc.exe',
      filePath: SYSTEM32,
      ...WINDOWS,
      arguments: ['C:\\Windows\\System32\\devmgmt.msc'],
    }),
  },
  {
    way: /prompt/,
    rule: confirmed('diskpart', {
      fileName: 'diskpart.exe',
      filePath: SYSTEM32,
      ...WINDOWS,
      arguments: ['/s "C:\\Program Files\\Contoso\\list.txt"'],
    }),
  },
  {
    way: /any process/,
    rule: confirmed('pattern with a list', {
      fileName: 'task*.exe',
      filePath: SYSTEM32,
      ...WINDOWS,
      arguments: ['/f /im contoso.exe'],
    }),
  },
  {
    way: /dialogs/,
    rule: confirmed('pattern of interpreters and others', {
      fileName: 'n*d.exe',
      filePath: SYSTEM32,
      certificate: CERTIFICATE,
      minimumVersion: '10',
    }),
  },
  {
    way: /any snap-in/,
    rule: confirmed('pattern of a console', {
      fileName: 'mm?.exe',
      filePath: SYSTEM32,
      ...WINDOWS,
      arguments: ['compmgmt.msc'],
    }),
  },
  // Lists that leave it open.
  ...listed(/run\.bat/, 'cmd', ['/c run.bat', '/c "run.bat & exit"', '/d /c call .\\run.bat']),
  ...listed(/%TEMP%|%USERPROFILE%|%APPDATA%/, 'cmd', [
    '/c %TEMP%\\x',
    '/c "%USERPROFILE%\\fix.cmd"',
    '/c start %APPDATA%\\a.vbs',
  ]),
  ...listed(/waits for commands/, 'cmd', ['/k', '/k "C:\\Program Files\\Contoso\\env.bat"', '/s /k dir', 'dir']),
  ...listed(/waits for commands/, 'cmd', [
    '/c powershell',
    '/c cmd /k',
    '/d /c start "" pwsh.exe',
    '/c "C:\\Windows\\py.exe"',
  ]),
  ...listed(/tools\\run|\.\.\\run/, 'cmd', ['/c tools\\run', '/c ..\\run /quiet']),
  ...listed(/report/, 'cscript', ['//nologo report']),
  ...listed(/Users\\Public|ProgramData/, 'cmd', [
    '/c C:\\Users\\Public\\x.bat',
    '/c copy "C:\\Program Files\\a\\b.ini" C:\\ProgramData\\Contoso\\b.ini',
  ]),
  ...listed(/waits for commands/, 'powershell', [
    '-Command -',
    '-NoProfile -ExecutionPolicy Bypass',
    '-NoExit -File "C:\\Program Files\\Contoso\\x.ps1"',
    '-File -',
    '-',
  ]),
  ...listed(/sees which command/, 'powershell', [
    '-EncodedCommand ZABpAHIA',
    '-NoProfile -enc ZABpAHIA',
    '-e ZABpAHIA',
  ]),
  ...listed(/fix\.ps1/, 'powershell', [
    '-File fix.ps1',
    '-File $env:TEMP\\fix.ps1',
    '-Command "& \'.\\fix.ps1\'"',
    '-File ~\\fix.ps1',
  ]),
  ...listed(/answers at/, 'powershell', [
    '-Command "iex (iwr http://intranet.contoso.com/setup)"',
    '-c "Invoke-RestMethod https://contoso.com/a | Invoke-Expression"',
  ]),
  ...listed(/answers at/, 'msiexec', ['/i https://contoso.com/a.msi /qn']),
  ...listed(/answers at/, 'mshta', ['https://contoso.com/a.hta']),
  ...listed(/answers at/, 'regsvr32', ['/s /n /u /i:http://contoso.com/a.sct scrobj.dll']),
  ...listed(/%USERPROFILE%|a\.msi|x\.mst/, 'msiexec', [
    '/i %USERPROFILE%\\Downloads\\a.msi',
    '/i a.msi /qn',
    '/i "C:\\Program Files\\Contoso\\a.msi" TRANSFORMS=x.mst',
  ]),
  ...listed(/evil\.dll|payload\.dll/, 'rundll32', ['evil.dll,Go', '.\\payload.dll,Go']),
  ...listed(/evil\.dll/, 'regsvr32', ['/s evil.dll']),
  ...listed(/job\.xml/, 'schtasks', ['/create /tn Job /xml job.xml']),
  ...listed(/settings\.reg/, 'reg', ['import settings.reg']),
  ...listed(/Users\\Public/, 'robocopy', ['C:\\Users\\Public\\bin "C:\\Program Files\\Contoso" /e']),
  {
    way: /x\.mst/,
    rule: confirmed('package', {
      fileName: 'app.msi',
      filePath: '%ProgramFiles%\\Packages',
      fileHash: 'a1'.repeat(32),
      arguments: ['/qn TRANSFORMS=x.mst'],
    }),
  },
  {
    way: /waits for commands/,
    rule: confirmed('python', {
      fileName: 'python.exe',
      filePath: '%ProgramFiles%\\Python312',
      certificate: CERTIFICATE,
      productName: 'Python',
      minimumVersion: '3.12',
      arguments: ['-i "C:\\Program Files\\Contoso\\x.py"'],
    }),
  },
  // Folders that look protected.
  ...[
    '%ProgramFiles(x86)%\\Steam\\steamapps\\common\\Game',
    '%ProgramFiles%\\Epic Games\\Game',
    '%ProgramFiles(x86)%\\Battle.net',
  ].map((filePath) => ({
    way: /can put a file named Game\.exe/,
    rule: confirmed(filePath, {
      fileName: 'Game.exe',
      filePath,
      certificate: CERTIFICATE,
      productName: 'Game',
      minimumVersion: '1.0',
    }),
  })),
  ...['C:\\ProgramData\\Package Cache', '%SystemRoot%\\Temp', '%SystemRoot%\\System32\\spool\\drivers\\color'].map(
    (filePath) => ({
      way: /can put a file named Setup\.exe/,
      rule: confirmed(filePath, {
        fileName: 'Setup.exe',
        filePath,
        certificate: CERTIFICATE,
        productName: 'Contoso Setup',
        minimumVersion: '1.0',
      }),
    }),
  ),
];
