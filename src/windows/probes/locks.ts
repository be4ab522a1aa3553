/** Records the answers of the probes of open files: what others can still do with one. */
import * as fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { win32 as paths } from 'node:path';
import type { Answer } from '../../agent/selftest/probe.ts';
import { fileId } from '../files/handle-facts.ts';
import { LOCKED, ntOpen } from '../files/nt-open.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { sessionEnvironment } from '../powershell/environment.ts';
import { startSuspended } from './programs.ts';
import {
  DELETE,
  GENERIC_READ,
  GENERIC_WRITE,
  keep,
  makeFolder,
  nodeError,
  open,
  openError,
  type ProbeTools,
  statusText,
} from './tools.ts';

/** FILE_SHARE_READ. */
const SHARE_READ = 1;
/** MSIDBOPEN_READONLY and MSIDBOPEN_CREATE, msiquery.h. */
const READ_ONLY = 0;
const CREATE = 3;
const SCRIPT_LIMIT = 120_000;

export function lockedFile(tools: ProbeTools): Answer {
  const program = paths.join(makeFolder(tools), 'program.exe');
  fs.copyFileSync(paths.join(tools.dlls.systemFolder, 'cmd.exe'), program);
  lock(tools, program);
  return {
    write: openError(tools, program, GENERIC_WRITE),
    remove: openError(tools, program, DELETE),
    rename: nodeError(() => fs.renameSync(program, `${program}.old`)),
    read: openError(tools, program, GENERIC_READ),
    started: startSuspended(tools, { program, words: '/d /c exit 7' }).run(),
  };
}

export function writerFirst(tools: ProbeTools): Answer {
  const path = file(tools);
  open(tools, path, GENERIC_WRITE);
  const { status, handle } = ntOpen(tools.dlls, `\\??\\${path}`, LOCKED);
  if (status === 0) keep(tools, 'NtCreateFile', handle);
  return { opened: statusText(status) };
}

export function parentRename(tools: ProbeTools): Answer {
  const above = makeFolder(tools);
  const folder = paths.join(above, 'one', 'two');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(paths.join(folder, 'file.txt'), 'x');
  lock(tools, paths.join(folder, 'file.txt'));
  return {
    folder: nodeError(() => fs.renameSync(folder, paths.join(above, 'other'))),
    folderAbove: nodeError(() => fs.renameSync(paths.join(above, 'one'), paths.join(above, 'another'))),
  };
}

export function fileIdentity(tools: ProbeTools): Answer {
  const { kernel32 } = tools.dlls;
  const path = file(tools);
  const id = (of: string): ReturnType<typeof fileId> => {
    const handle = kernel32.CreateFileW(of, 0, 7, null, 3, 0, 0);
    try {
      return fileId(kernel32, handle);
    } finally {
      kernel32.CloseHandle(handle);
    }
  };
  const first = id(path);
  fs.renameSync(path, `${path}.kept`);
  const renamed = id(`${path}.kept`);
  fs.writeFileSync(path, 'x');
  const replaced = id(path);
  const compared = (other: { readonly file: string }): string => (other.file === first.file ? 'same' : 'another');
  return {
    renamed: compared(renamed),
    replaced: compared(replaced),
    volume: replaced.volume === first.volume ? 'same' : 'another',
  };
}

export function lockedPackage(tools: ProbeTools): Answer {
  const calls = tools.dlls.probes();
  const path = paths.join(makeFolder(tools), 'package.msi');
  const database: [number] = [0];
  const made = calls.MsiOpenDatabaseW(path, CREATE, database);
  if (made !== WIN32.SUCCESS) return { made };
  const committed = calls.MsiDatabaseCommit(database[0]);
  calls.MsiCloseHandle(database[0]);
  const read = (): number => {
    const opened = calls.MsiOpenDatabaseW(path, READ_ONLY, database);
    if (opened === WIN32.SUCCESS) calls.MsiCloseHandle(database[0]);
    return opened;
  };
  const unlocked = read();
  lock(tools, path);
  return { made, committed, unlocked, locked: read(), write: openError(tools, path, GENERIC_WRITE) };
}

export function lockedScript(tools: ProbeTools): Answer {
  const path = file(tools, 'script.ps1', 'exit 7\r\n');
  const shell = paths.join(tools.dlls.systemFolder, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  lock(tools, path);
  const words = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', path];
  // Whatever the environment of the administrator would load into it stays away.
  const env = sessionEnvironment(process.env);
  const { status } = spawnSync(shell, words, { env, stdio: 'ignore', timeout: SCRIPT_LIMIT, windowsHide: true });
  return { exitCode: status, write: openError(tools, path, GENERIC_WRITE) };
}

/** A small file in a folder of its own. */
export function file(tools: ProbeTools, name = 'file.txt', content = 'content'): string {
  const path = paths.join(makeFolder(tools), name);
  fs.writeFileSync(path, content);
  return path;
}

function lock(tools: ProbeTools, path: string): void {
  open(tools, path, GENERIC_READ, SHARE_READ);
}
