/** Starts Windows' own command processor with limits, and says how it ended. */
import type { Handle } from '../dll/kernel32.ts';
import { windowsError } from '../dll/win32-error.ts';
import { withMemory } from './identities.ts';
import { keep, type ProbeTools } from './tools.ts';

const CREATE_SUSPENDED = 0x4;
const EXTENDED_STARTUPINFO_PRESENT = 0x80000;
const CREATE_NO_WINDOW = 0x800_0000;
/** STARTUPINFOEXW on x64: STARTUPINFOW of 104 bytes, and the list. PROCESS_INFORMATION: two handles, two numbers. */
const STARTUP_SIZE = 112;
const LIST_OFFSET = 104;
const INFORMATION_SIZE = 24;
const PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY = 0x2000e;
const PROCESS_CREATION_CHILD_PROCESS_RESTRICTED = 1;
/** Milliseconds for a program that does nothing. */
const LONGEST = 30_000;
const STILL_RUNNING = 259;

interface SuspendedProgram {
  readonly process: Handle;
  /** Lets it run to its end. @returns its exit code */
  run(): number;
  hasEnded(): boolean;
}

/** How a program was started: with the words after `cmd.exe`, and whether it may have children. */
interface Start {
  readonly program?: string;
  readonly words: string;
  readonly noChildren?: boolean;
}

/** A program that waits before its first instruction; it is ended afterwards at the latest. @throws EpmError */
export function startSuspended(tools: ProbeTools, { words, noChildren = false, program }: Start): SuspendedProgram {
  const { dlls } = tools;
  const calls = dlls.probes();
  const path = program ?? `${dlls.systemFolder}\\cmd.exe`;
  const information = Buffer.alloc(INFORMATION_SIZE);
  withMemory(tools, (memory) => {
    const startup = Buffer.alloc(STARTUP_SIZE);
    startup.writeUInt32LE(STARTUP_SIZE, 0);
    const list = noChildren ? attributeList(tools, memory) : undefined;
    if (list !== undefined) startup.writeBigUInt64LE(list, LIST_OFFSET);
    const line = memory.text(`"${path}" ${words}`);
    const flags = CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT | CREATE_NO_WINDOW;
    const made = calls.CreateProcessW(path, line, null, null, 0, flags, null, null, memory.bytes(startup), information);
    const win32 = made === 0 ? dlls.kernel32.GetLastError() : 0;
    if (list !== undefined) calls.DeleteProcThreadAttributeList(list);
    if (made === 0) throw windowsError('CreateProcessW', win32);
  });
  const process = keep(tools, 'CreateProcessW', Number(information.readBigUInt64LE(0)));
  const thread = keep(tools, 'CreateProcessW', Number(information.readBigUInt64LE(8)));
  tools.putBack('a program of the self-test', () => {
    calls.TerminateProcess(process, 1);
    if (calls.WaitForSingleObject(process, LONGEST) !== 0) throw new Error('it still runs');
  });
  return {
    process,
    run() {
      calls.ResumeThread(thread);
      calls.WaitForSingleObject(process, LONGEST);
      const code: [number] = [STILL_RUNNING];
      calls.GetExitCodeProcess(process, code);
      return code[0];
    },
    hasEnded: () => calls.WaitForSingleObject(process, 0) === 0,
  };
}

function attributeList(tools: ProbeTools, memory: Parameters<Parameters<typeof withMemory>[1]>[0]): bigint {
  const { dlls } = tools;
  const calls = dlls.probes();
  const size: [bigint] = [0n];
  calls.InitializeProcThreadAttributeList(null, 1, 0, size);
  const list = memory.bytes(new Uint8Array(Number(size[0])));
  if (calls.InitializeProcThreadAttributeList(list, 1, 0, size) === 0)
    throw windowsError('InitializeProcThreadAttributeList', dlls.kernel32.GetLastError());
  const value = memory.bytes(Uint32Array.of(PROCESS_CREATION_CHILD_PROCESS_RESTRICTED));
  if (calls.UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY, value, 4, null, null) === 0)
    throw windowsError('UpdateProcThreadAttribute', dlls.kernel32.GetLastError());
  return list;
}
