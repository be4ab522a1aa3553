import { describe, expect, it } from 'vitest';
import { TextOutput } from '../../../src/cli/agent/text-output.ts';
import type { Channels } from '../../../src/ipc/channels/index.ts';

type ElevateEvent = Channels['elevate']['event'];

const piece = (stream: 'stdout' | 'stderr', bytes: Uint8Array): ElevateEvent => ({
  event: 'output',
  stream,
  data: Buffer.from(bytes).toString('base64'),
});
const started = (codePage: number): ElevateEvent => ({
  event: 'started',
  requestId: 'r',
  processId: 1,
  startTime: '2026-03-01T10:00:00.000Z',
  file: { path: 'C:\\a.exe', sha256: 'aa' },
  account: { sid: 'S-1-5-107-1', name: 'EPM\\a' },
  accountFactory: 'virtualAccount',
  childProcesses: 'deny',
  codePage,
});
const TABLE = Array.from({ length: 256 }, (_, code) => (code === 0x84 ? 'ä' : String.fromCharCode(code))).join('');
const table = (codePage: number): string | undefined => (codePage === 437 ? TABLE : undefined);

describe('the streams of a program as text', () => {
  it('are in the code page of the console that the agent names', () => {
    const text = new TextOutput('console', table);
    expect(text.event(started(437))).toMatchObject({ event: 'started' });
    expect(text.event(piece('stdout', Uint8Array.of(0x84, 0x0a)))).toEqual({
      event: 'output',
      stream: 'stdout',
      lines: ['ä'],
    });
  });

  it('keep what belongs to one character in each of the two', () => {
    const text = new TextOutput('utf8', table);
    text.event(started(437));
    const [first = 0, second = 0] = Buffer.from('ä');
    expect(text.event(piece('stdout', Uint8Array.of(first)))).toMatchObject({ lines: [] });
    expect(text.event(piece('stderr', Buffer.from('x\n')))).toMatchObject({ stream: 'stderr', lines: ['x'] });
    expect(text.event(piece('stdout', Uint8Array.of(second)))).toMatchObject({ lines: [] });
    expect(text.rest()).toEqual([{ event: 'output', stream: 'stdout', lines: ['ä'] }]);
  });

  it('take their input as text', () => {
    const request = { path: 'C:\\a.exe', output: 'stream', input: 'ä\n' } as const;
    const inputOf = (encoding: 'utf8' | 'utf16'): Buffer =>
      Buffer.from(new TextOutput(encoding, table).request(request).input ?? '', 'base64');
    expect(inputOf('utf8')).toEqual(Buffer.from('ä\n'));
    expect(inputOf('utf16')).toEqual(Buffer.from('ä\n', 'utf16le'));
    expect(new TextOutput('utf8', table).request({ path: 'C:\\a.exe' })).toEqual({ path: 'C:\\a.exe' });
    const long = { ...request, input: 'ä'.repeat(16 * 1024 + 1) };
    expect(() => new TextOutput('utf8', table).request(long)).toThrow(
      expect.objectContaining({ code: 'EPM_REQUEST_TOO_LARGE' }),
    );
  });
});
