/** Records the answers of the probes of pipes. */
import type { Answer } from '../../agent/selftest/probe.ts';
import { INVALID_HANDLE } from '../dll/kernel32.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { asRestricted } from './identities.ts';
import { type ProbeTools, randomName } from './tools.ts';

/** PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, and PIPE_REJECT_REMOTE_CLIENTS. */
const FIRST_INSTANCE = 0x3 | 0x80000;
const REJECT_REMOTE = 8;
const UNLIMITED = 255;

export function firstPipeInstance(tools: ProbeTools): Answer {
  const name = `\\\\.\\pipe\\${randomName()}`;
  return { first: serve(tools, name), second: serve(tools, name) };
}

export function protectedPrefix(tools: ProbeTools): Answer {
  const name = `\\\\.\\pipe\\ProtectedPrefix\\Administrators\\${randomName()}`;
  const administrator = serve(tools, name);
  return { administrator, restricted: asRestricted(tools, () => serve(tools, `${name}-2`)) };
}

/** Windows error of making the pipe; it is closed when the probe is over. */
function serve({ dlls, putBack }: ProbeTools, name: string): number {
  const handle = dlls.probes().CreateNamedPipeW(name, FIRST_INSTANCE, REJECT_REMOTE, UNLIMITED, 4096, 4096, 0, null);
  if (handle === INVALID_HANDLE) return dlls.kernel32.GetLastError();
  putBack('a pipe', () => void dlls.kernel32.CloseHandle(handle));
  return WIN32.SUCCESS;
}
