/** What elevated console programs write, and how they end, over the packed agent. */
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { patient } from '../../tooling/patience.mjs';
import { eventually } from '../eventually.ts';
import { type AgentMessage, AgentUnderTest, type Json, message, programRule } from './agent-under-test.ts';

const CONSOLE = 'C:\\Program Files\\App\\console.exe';
const MEGABYTE = 1024 * 1024;

interface Streamed {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly started: Json;
  readonly end: AgentMessage;
}

function streamed(messages: readonly AgentMessage[]): Streamed {
  const pieces = messages.map(({ body }) => body).filter(({ event }) => event === 'output');
  const of = (stream: string): Buffer =>
    Buffer.concat(
      pieces.filter((each) => each['stream'] === stream).map(({ data }) => Buffer.from(String(data), 'base64')),
    );
  const end = messages.at(-1);
  if (end === undefined) throw new Error('the agent said nothing');
  const started = messages.find(({ body }) => body['event'] === 'started')?.body ?? {};
  return { stdout: of('stdout'), stderr: of('stderr'), started, end };
}

/** What epmconsole.exe writes to one stream. */
function lines(letter: string, bytes: number): string {
  return Array.from({ length: bytes / 64 }, (_, line) => `${letter}${String(line).padStart(62, '0')}\n`).join('');
}

describeWindows('the output of an elevated program', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const program = bed().readFile(bed().programs.console);
    bed().putFile(CONSOLE, program);
    const sha256 = createHash('sha256').update(program).digest('hex');
    await agent.apply({
      id: 'tests',
      settings: { enabled: true },
      rules: [programRule(sha256, { name: 'Console', fileName: 'console.exe', childProcesses: 'allow' })],
    });
    await agent.start();
  });

  const stream = async (values: readonly string[], more: Json = {}): Promise<Streamed> =>
    streamed(await agent.messages('elevate', { path: CONSOLE, arguments: values, output: 'stream', ...more }));

  /** Processes of the program. */
  const running = (): readonly string[] =>
    bed()
      .leftovers()
      .filter((line) => line.includes('console.exe'));

  const untilEnded = (): Promise<void> => eventually(() => expect(running()).toEqual([]));

  /** Records of one event; a start without its end is one that still runs, or whose end is not written yet. */
  const recordsOf = async (name: 'elevationStarting' | 'elevationEnded'): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ event }) => event === name);

  const untilAllRecorded = (): Promise<readonly Json[]> =>
    eventually(async () => {
      const ended = await recordsOf('elevationEnded');
      expect(ended.length).toBe((await recordsOf('elevationStarting')).length);
      return ended;
    });

  /** The record of the end of the one program started in it: the agent writes it after the processes are gone. */
  const endDuring = async (body: () => Promise<void>): Promise<Json | undefined> => {
    const before = await untilAllRecorded();
    await body();
    await untilEnded();
    const after = await untilAllRecorded();
    expect(after.length).toBe(before.length + 1);
    return after.at(-1);
  };

  it('reaches the requester whole, each stream in its order', async () => {
    const { stdout, stderr, end } = await stream(['write', String(10 * MEGABYTE)]);
    expect(end).toMatchObject({ kind: 'result', body: { outcome: 'finished', exitCode: 0 } });
    expect(end.body).not.toHaveProperty('outputTruncated');
    expect(stdout.toString('latin1') === lines('o', 10 * MEGABYTE)).toBe(true);
    expect(stderr.toString('latin1') === lines('e', 10 * MEGABYTE)).toBe(true);
  });

  it('AC-06 gives the program its three streams and no other handle', async () => {
    const { stdout, started } = await stream(['list']);
    const report = JSON.parse(stdout.toString('utf8')) as { standard: string[]; pipes: string[]; files: string[] };
    expect(report.pipes.toSorted()).toEqual(report.standard.toSorted());
    expect(new Set(report.standard).size).toBe(3);
    // Windows itself opens the working directory and what the program is made of.
    for (const file of report.files) expect(file.toLowerCase()).toMatch(/\\windows\\|\\console\.exe$/);
    expect(started['codePage']).toEqual(expect.any(Number));
  });

  it('passes standard input on and ends it', async () => {
    const text = Buffer.from('über\nalles\n');
    const { stdout } = await stream(['echo'], { input: text.toString('base64') });
    expect(stdout.toString('utf8')).toBe('über\nalles\n[end]\n');
    const long = Buffer.alloc(32 * 1024, 'x');
    expect((await stream(['echo'], { input: long.toString('base64') })).stdout.length).toBe(long.length + 6);
    expect((await stream(['echo'])).stdout.toString()).toBe('[end]\n');
  });

  it('tells every exit code with all of its 32 bits', async () => {
    for (const code of [0, 1, 259, 0x7fff_ffff, 0xc000_0005, 0xffff_ffff]) {
      const { end } = await stream(['exit', String(code)]);
      expect(end.body).toMatchObject({ outcome: 'finished', exitCode: code });
    }
  });

  it('waits for what a child says shortly after the end, and says when something is missing', async () => {
    // On a busy machine "shortly" may be too long once.
    await eventually(async () => {
      const soon = await stream(['child', 'late', '500']);
      expect(soon.stdout.toString()).toBe('parent\nlate\n');
      expect(soon.end.body).not.toHaveProperty('outputTruncated');
    });
    const never = await stream(['child', 'late', '20000']);
    expect(never.stdout.toString()).toBe('parent\n');
    expect(never.end.body).toMatchObject({ outcome: 'finished', exitCode: 0, outputTruncated: true });
    await untilEnded();
  });

  it('ends the tree with its grandchildren at the limit of time', async () => {
    const record = await endDuring(async () => {
      const { end } = await stream(['tree', 'tree', 'forever'], { timeLimit: 3 });
      expect(end.body).toMatchObject({ outcome: 'timedOut', exitCode: 0xc000_013a });
    });
    expect(record).toMatchObject({ reason: 'timedOut', result: 0xc000_013a });
  });

  it('keeps what a program writes and reads out of the journal and the log', async () => {
    const secret = 'c0nf1dent1al-0utput';
    await stream(['echo'], { input: Buffer.from(secret).toString('base64') });
    expect(JSON.stringify(await agent.records())).not.toContain(secret);
    const folder = 'C:\\ProgramData\\EPM\\Logs\\agent.log';
    if (bed().fileExists(folder)) expect(bed().readFile(folder).toString('utf8')).not.toContain(secret);
  });

  it('epm.exe passes both streams and the exit code on', async () => {
    const wrong = await agent.verb(['elevate', CONSOLE, '--output', '--', 'complain']);
    expect(wrong).toEqual({ exitCode: 3, output: 'done\n', errors: 'this went wrong\n' });
    const echoed = await agent.verb(['elevate', CONSOLE, '--output', '--input', '--', 'echo'], 'standardUser', {
      input: 'typed\n',
    });
    expect(echoed).toEqual({ exitCode: 0, output: 'typed\n[end]\n', errors: '' });
    // Time to write its line first.
    const seconds = String(Math.ceil(patient(2_000) / 1_000));
    const late = await agent.verb(['elevate', CONSOLE, '--output', '--timeout', seconds, '--', 'forever']);
    expect(late).toMatchObject({ exitCode: 1, output: 'running\n' });
    expect(late.errors).toContain('Its time was over');
  });

  it.each(['utf8', 'utf8bom', 'utf16', 'oem'])('is lines of text for who asks for them, from %s', async (encoding) => {
    const body = { path: CONSOLE, arguments: ['text', encoding, 'Größe: 12 é'], output: 'stream' };
    const outcome = await agent.verb(
      ['request', 'elevate', '--text', encoding === 'utf8' ? 'utf8' : 'console'],
      'standardUser',
      { input: JSON.stringify(body) },
    );
    const messages = outcome.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AgentMessage);
    const lines = messages
      .filter(({ body }) => body['event'] === 'output')
      .flatMap(({ body }) => body['lines'] as string[]);
    expect(lines).toEqual(['Größe: 12 é']);
    expect(messages.at(-1)).toMatchObject({ kind: 'result', body: { outcome: 'finished', exitCode: 0 } });
  });

  it('stops the program of a client that takes nothing, and ends it with the client', async () => {
    const request = message('elevate', { path: CONSOLE, arguments: ['write', String(MEGABYTE)], output: 'stream' });
    const record = await endDuring(async () => {
      const { replies } = await agent.raw(request, { words: ['--hold', String(patient(5_000))] });
      const events = replies.map(({ text }) => (JSON.parse(text) as AgentMessage).body['event']);
      expect(events).toEqual(['started', 'output']);
    });
    expect(record).toMatchObject({ reason: 'readerGone', arguments: ['write', String(MEGABYTE)] });
    await agent.expectAlive();
  });

  it('a program whose only reader is gone ends', async () => {
    const record = await endDuring(async () => {
      const client = await bed().start({
        program: agent.epm,
        arguments: ['elevate', CONSOLE, '--output', '--', 'tree', 'forever'],
      });
      await eventually(() => expect(client.output()).toContain('running'));
      await client.stop();
    });
    expect(record).toMatchObject({ reason: 'readerGone' });
  });

  it('a program ends with the epm.exe that waits for it, however that one is ended', async () => {
    const record = await endDuring(async () => {
      const client = await bed().start({
        program: agent.epm,
        arguments: ['elevate', CONSOLE, '--wait', '--', 'tree', 'forever'],
      });
      // Its own processes: the client names the program as well, before that runs.
      const tree = (): readonly string[] => running().filter((line) => !line.includes(' elevate '));
      await eventually(() => expect(tree()).toHaveLength(2));
      await client.stop();
    });
    expect(record).toMatchObject({ reason: 'clientGone', result: 0xc000_013a });
  });

  it('a program runs on without a client that has not tied it to itself', async () => {
    const request = message('elevate', { path: CONSOLE, arguments: ['forever'], wait: true });
    const { replies } = await agent.raw(request);
    expect(replies.map(({ text }) => (JSON.parse(text) as AgentMessage).body['event'])).toEqual(['started']);
    // What happens at the pipe comes in its order: the agent has seen the client go when it answers this.
    await agent.expectAlive();
    expect(running().length).toBe(1);
    await agent.stop();
    await untilEnded();
  });
});
