import { describe, expect, it } from 'vitest';
import { checkRequestPath } from '../../../src/facts/request-path.ts';
import { readMark } from '../../../src/windows/files/zone.ts';

const PATH = checkRequestPath('C:\\Tools\\setup.exe');
const HANDLE = 44;
const FILE_SHARE_ALL = 7;
const FILE_COMPLETE_IF_OPLOCKED = 0x100;

/** Windows as far as the stream is concerned: what its open answers, and what a read gives. */
function windows(status: number, content: string | undefined) {
  const opened: { name: string; share: number; options: number }[] = [];
  const closed: number[] = [];
  const ntdll = {
    NtCreateFile(
      handle: [number],
      _access: number,
      { ObjectName }: { readonly ObjectName: { readonly Buffer: string } },
      ...[, , , share, , options]: [unknown, unknown, unknown, number, unknown, number, ...unknown[]]
    ): number {
      opened.push({ name: ObjectName.Buffer, share, options });
      if (status < 0x8000_0000) handle[0] = HANDLE;
      return status;
    },
  };
  const kernel32 = {
    CloseHandle: (handle: number) => closed.push(handle),
    ReadFile: {
      async(
        _handle: number,
        target: Uint8Array,
        _length: number,
        read: [number],
        _overlapped: unknown,
        done: (error: unknown, result: number) => void,
      ): void {
        if (content !== undefined) read[0] = target.length === 0 ? 0 : Buffer.from(content).copy(target);
        setImmediate(() => done(null, content === undefined ? 0 : 1));
      },
    },
  };
  const dlls = { ntdll, kernel32 } as unknown as Parameters<typeof readMark>[0];
  return { dlls, opened, closed };
}

describe('the mark of the web on a locked file', () => {
  it.each<[string, number, string | undefined, boolean, readonly number[]]>([
    ['of the internet', 0, '[ZoneTransfer]\r\nZoneId=3', true, [HANDLE]],
    ['of this machine', 0, '[ZoneTransfer]\r\nZoneId=0', false, [HANDLE]],
    ['that is not there', 0xc0000034, undefined, false, []],
    ['on a volume without streams', 0xc0000033, undefined, false, []],
    ['AC-98 behind an oplock', 0x108, undefined, true, [HANDLE]],
    ['that somebody holds open exclusively', 0xc0000043, undefined, true, []],
    ['that SYSTEM may not read', 0xc0000022, undefined, true, []],
    ['whose bytes somebody has locked', 0, undefined, true, [HANDLE]],
  ])('%s', async (_what, status, content, expected, closed) => {
    const windowsOf = windows(status, content);
    expect((await readMark(windowsOf.dlls, PATH)).fromInternet).toBe(expected);
    expect(windowsOf.closed).toEqual(closed);
  });

  it('AC-98 is opened without waiting for anybody, and without hindering a browser', async () => {
    const { dlls, opened } = windows(0xc0000034, undefined);
    await readMark(dlls, PATH);
    expect(opened).toEqual([
      {
        name: '\\??\\C:\\Tools\\setup.exe:Zone.Identifier',
        share: FILE_SHARE_ALL,
        options: expect.any(Number) as number,
      },
    ]);
    expect((opened[0]?.options ?? 0) & FILE_COMPLETE_IF_OPLOCKED).not.toBe(0);
  });
});
