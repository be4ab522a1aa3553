/** Records the answers of the probes of what can be in the way of an open: junctions, oplocks and drive letters. */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../agent/selftest/probe.ts';
import { NotPossible } from '../../agent/selftest/run-probes.ts';
import { isEpmError } from '../../model/errors.ts';
import { openOwnFile } from '../files/file-opener.ts';
import { LOCKED, ntOpen } from '../files/nt-open.ts';
import { INVALID_HANDLE } from '../dll/kernel32.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { file } from './locks.ts';
import { isSystem } from './token-reader.ts';
import { GENERIC_READ, GENERIC_WRITE, makeFolder, open, type ProbeTools, SHARE_ALL, statusText } from './tools.ts';

const FSCTL_SET_REPARSE_POINT = 0x900a4;
const FSCTL_REQUEST_BATCH_OPLOCK = 0x90008;
const IO_REPARSE_TAG_MOUNT_POINT = 0xa000_0003;
/** FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT: a folder, and itself. */
const LINK_ITSELF = 0x0200_0000 | 0x0020_0000;
const FILE_FLAG_OVERLAPPED = 0x4000_0000;
const OVERLAPPED_SIZE = 32;
const ERROR_IO_PENDING = 997;
const ERROR_OPLOCK_NOT_GRANTED = 300;
const RETRIES = 20;
const RETRY_MS = 100;

/**
 * Protected, with full access for an account that no machine has: for the agent it is one of the others who could have made
 * the junction, and nobody is let in by it.
 */
const OF_OTHERS = 'O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)';

/** DDD_RAW_TARGET_PATH | DDD_NO_BROADCAST_SYSTEM, with DDD_REMOVE_DEFINITION and DDD_EXACT_MATCH_ON_REMOVE. */
const DEFINE = 0x1 | 0x8;
const REMOVE = DEFINE | 0x2 | 0x4;
const DRIVE_NO_ROOT_DIR = 1;
const LETTERS = ['R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y'];

export function junction(tools: ProbeTools): Answer {
  const folder = makeFolder(tools);
  const target = paths.join(folder, 'target');
  fs.mkdirSync(target);
  fs.writeFileSync(paths.join(target, 'file.txt'), 'content');
  const own = makeFolder(tools, paths.join(folder, 'own'));
  const others = makeFolder(tools, paths.join(folder, 'others'), OF_OTHERS);
  const made = [own, others].map((link) => makeJunction(tools, link, target)).find((error) => error !== 0) ?? 0;
  if (made !== 0) return { made };
  return { made, ofAdministrators: codeOf(tools, own), ofOthers: codeOf(tools, others) };
}

export async function oplock(tools: ProbeTools): Promise<Answer> {
  const { dlls, putBack } = tools;
  const calls = dlls.probes();
  const path = file(tools);
  const memory = calls.memory();
  putBack('memory', () => memory.release());
  const holder = dlls.kernel32.CreateFileW(path, GENERIC_READ, SHARE_ALL, null, 3, FILE_FLAG_OVERLAPPED, 0);
  if (holder === INVALID_HANDLE) throw windowsError('CreateFileW', dlls.kernel32.GetLastError());
  let holds = true;
  // The request is pending until then, and Windows writes to the memory when it ends.
  const release = (): void => {
    if (holds) dlls.kernel32.CloseHandle(holder);
    holds = false;
  };
  putBack('an oplock', release);
  const none = memory.bytes(new Uint8Array(1));
  const pending = memory.bytes(new Uint8Array(OVERLAPPED_SIZE));
  const request = (): number => {
    const started = calls.startControl(holder, FSCTL_REQUEST_BATCH_OPLOCK, none, 0, none, 0, null, pending);
    return started === 0 ? dlls.kernel32.GetLastError() : WIN32.SUCCESS;
  };
  let requested = request();
  // A scanner may still look at the new file.
  for (let time = 0; requested === ERROR_OPLOCK_NOT_GRANTED && time < RETRIES; time += 1) {
    await sleep(RETRY_MS);
    requested = request();
  }
  // Nothing would be in the way of the open, and its answer would mean nothing.
  if (requested !== ERROR_IO_PENDING) return { requested };
  const attempt = (): string => {
    const { status, handle } = ntOpen(dlls, `\\??\\${path}`, LOCKED);
    if (status === 0) dlls.kernel32.CloseHandle(handle);
    return statusText(status);
  };
  const opened = attempt();
  release();
  return { requested, open: opened, afterwards: attempt() };
}

export function logonDrive(tools: ProbeTools): Answer {
  const { dlls, putBack } = tools;
  const calls = dlls.probes();
  if (isSystem(tools)) throw new NotPossible('the drive letters of the local system are those of the machine');
  const path = file(tools);
  const letter = LETTERS.find((name) => dlls.kernel32.GetDriveTypeW(`${name}:\\`) === DRIVE_NO_ROOT_DIR);
  if (letter === undefined) throw new NotPossible('no drive letter is free');
  const target = `\\??\\${paths.dirname(path)}`;
  if (calls.DefineDosDeviceW(DEFINE, `${letter}:`, target) === 0) return { defined: dlls.kernel32.GetLastError() };
  putBack(`drive ${letter}:`, () => {
    calls.DefineDosDeviceW(REMOVE, `${letter}:`, target);
    if (dlls.kernel32.GetDriveTypeW(`${letter}:\\`) !== DRIVE_NO_ROOT_DIR) throw new Error('it is still there');
  });
  const status = (below: string): string => {
    const opened = ntOpen(dlls, `${below}\\${letter}:\\${paths.basename(path)}`, LOCKED);
    if (opened.status === 0) dlls.kernel32.CloseHandle(opened.handle);
    return statusText(opened.status);
  };
  return { own: status('\\??'), global: status('\\GLOBAL??') };
}

/** What the agent's own open makes of a file behind a link. */
function codeOf({ dlls }: ProbeTools, link: string): string {
  try {
    openOwnFile(dlls, paths.join(link, 'file.txt')).close();
    return 'opened';
  } catch (error) {
    if (isEpmError(error)) return error.code;
    throw error;
  }
}

/** Makes an empty folder a junction. @returns Windows error */
function makeJunction(tools: ProbeTools, link: string, target: string): number {
  const { kernel32 } = tools.dlls;
  const handle = open(tools, link, GENERIC_WRITE, SHARE_ALL, LINK_ITSELF);
  const data = junctionData(target);
  const none = new Uint8Array(8);
  const made = kernel32.DeviceIoControl(handle, FSCTL_SET_REPARSE_POINT, data, data.length, none, 0, [0], null);
  return made === 0 ? kernel32.GetLastError() : WIN32.SUCCESS;
}

/** REPARSE_DATA_BUFFER of a mount point: two names, each with its NUL, behind four lengths in bytes. */
function junctionData(target: string): Buffer {
  const [real, shown] = [`\\??\\${target}`, target].map((name) => Buffer.from(`${name}\0`, 'utf16le'));
  const names = Buffer.concat([real ?? Buffer.alloc(0), shown ?? Buffer.alloc(0)]);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(IO_REPARSE_TAG_MOUNT_POINT, 0);
  head.writeUInt16LE(8 + names.length, 4);
  head.writeUInt16LE(0, 8);
  head.writeUInt16LE((real?.length ?? 0) - 2, 10);
  head.writeUInt16LE(real?.length ?? 0, 12);
  head.writeUInt16LE((shown?.length ?? 0) - 2, 14);
  return Buffer.concat([head, names]);
}
