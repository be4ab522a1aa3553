/** The packed agent of the test bed, running as the system account, and its clients. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { PipeKind } from '../../src/agent/ports.ts';
import type { Channel } from '../../src/ipc/channels/index.ts';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { POLICY_DIGEST } from '../../src/policy/declaration/lists.ts';
import { portable } from '../../src/policy/formats/convert.ts';
import { readPolicies } from '../../src/policy/formats/formats.ts';
import { regText, replacePolicy } from '../../src/policy/formats/reg/reg-writer.ts';
import { writePolicy } from '../../src/policy/registry/registry-policy.ts';
import { type Identity, machine, type Outcome, type Running, type TestBed } from '../bed/index.ts';
import { DeviceSessions } from './device-session.ts';
import type { AgentMessage, KeyStep } from './device-session-script.ts';
import { SETTINGS } from './policy-keys.ts';
import { eventually } from '../eventually.ts';

export type Json = Readonly<Record<string, unknown>>;
export type { AgentMessage } from './device-session-script.ts';

/** What the raw pipe client of the test bed saw. */
export interface PipeReport {
  readonly connected: number;
  readonly sent: number;
  readonly closedByServer: number;
  readonly replies: readonly { readonly connection: number; readonly text: string }[];
  readonly errors: readonly { readonly step: string; readonly win32: number }[];
}

/** What the probe writes about itself. */
export interface ProbeReport {
  readonly processId: number;
  readonly parentProcessId: number;
  readonly image: string;
  readonly directory: string;
  readonly arguments: readonly string[];
  readonly crtArguments: readonly string[];
  readonly environment: readonly string[];
  readonly token: {
    readonly user: string;
    readonly groups: readonly { readonly sid: string; readonly attributes: number }[];
    readonly privileges: readonly { readonly name: string }[];
    /** As SDDL. */
    readonly defaultDacl: string;
  };
  /** Of a probe that was asked to use its profile. */
  readonly profile?: {
    readonly before: string | null;
    readonly hive: string | null;
    readonly default: string | null;
    readonly temporary: string;
    readonly temporaryError: number;
    readonly folders: Readonly<Record<'profile' | 'desktop' | 'documents' | 'downloads' | 'localData', string>>;
  };
  /** Of a probe that was asked to enable privileges. */
  readonly enabled?: readonly string[];
  /** Of a probe that was asked for the handles of a process. */
  readonly handles?: number;
  /** Of a probe that was asked to make an object, with its permissions as SDDL. */
  readonly object?: { readonly wasThere: boolean; readonly security: string };
  /** Of a probe that was asked to load a library. */
  readonly load?: { readonly error: number; readonly code: number };
  readonly spawn?: { readonly error: number; readonly exitCode: number | null };
}

const SE_GROUP_ENABLED = 4;

/** Where tests put the program that rules name. */
export const PROGRAM = 'C:\\Program Files\\App\\probe.exe';

export class AgentUnderTest {
  readonly bed: TestBed;
  readonly folder: string;
  readonly #sessions: DeviceSessions;
  #agent: Running | undefined;

  /** Installs the edition in the bed, by default the one that elevates there; nothing runs yet. */
  constructor(bed: TestBed, edition?: 'production' | 'testBed') {
    this.bed = bed;
    this.folder = bed.installEpm(edition);
    this.#sessions = new DeviceSessions(bed, this.folder);
  }

  get epm(): string {
    return `${this.folder}\\epm.exe`;
  }

  /** Runs a verb of epm.exe. */
  verb(
    words: readonly string[],
    as: Identity = 'standardUser',
    more: Partial<Outcome & { input: string }> = {},
  ): Promise<Outcome> {
    return this.bed.run({
      program: this.epm,
      arguments: words,
      as,
      ...(more.input === undefined ? {} : { input: more.input }),
    });
  }

  /** Makes a policy the machine's, as an administrator does it. */
  async apply(policy: Json): Promise<void> {
    this.bed.putFile('C:\\Users\\Public\\policy.json', JSON.stringify({ version: 1, ...policy }));
    const outcome = await this.verb(['policy', 'apply', 'C:\\Users\\Public\\policy.json'], 'administrator');
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
  }

  /** Writes a policy into the registry as by hand, without a digest, so that a test may change single values of it. */
  async writeByHand(policy: Json): Promise<void> {
    const { policies } = readPolicies(Buffer.from(JSON.stringify({ version: 1, ...policy })), 'json');
    const content = policies[0] && writePolicy(portable(policies[0]));
    if (content === undefined) throw new Error('no policy');
    const values = content.values.filter(({ name }) => name !== POLICY_DIGEST.valueName);
    await this.bed.importRegistry(regText(replacePolicy({ kind: 'device' }, { ...content, values })));
  }

  /** Puts the probe in its place, and applies a policy by which nothing but the probe is elevated. */
  async allowProbe(): Promise<void> {
    await this.apply({ id: 'tests', settings: SETTINGS, rules: [programRule(this.putProbe())] });
  }

  /** Waits until the agent says that so many rules are in force. */
  async untilRules(count: number): Promise<void> {
    await eventually(async () => expect((await this.ask('status')).body['rules']).toBe(count));
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<Running> {
    const running = await this.bed.start({ program: this.epm, arguments: ['agent'], as: 'system', environment });
    this.#agent = running;
    await eventually(() => expect(running.output() + running.errors()).toMatch(/is running|EPM_/));
    return running;
  }

  /** Ends the agent and whoever asked it. */
  async stop(): Promise<void> {
    await Promise.all([this.#agent?.stop(), this.#sessions.end()]);
    this.#agent = undefined;
  }

  /**
   * One request, as `epm.exe request` makes it; answers every message, the last one being the result or the error.
   * @param longest milliseconds that it may take; default: a minute
   */
  async messages(
    channel: Channel,
    body: Json = {},
    as: Identity = 'standardUser',
    longest?: number,
  ): Promise<readonly AgentMessage[]> {
    return (await this.#sessions.do({ kind: 'ask', channel, body }, as, longest)) as readonly AgentMessage[];
  }

  /** One request by `epm.exe request` itself, in an environment of its own; answers as {@link messages}. */
  async messagesOfProgram(
    channel: Channel,
    body: Json,
    environment: Readonly<Record<string, string>>,
  ): Promise<readonly AgentMessage[]> {
    const outcome = await this.bed.run({
      program: this.epm,
      arguments: ['request', channel],
      environment,
      input: JSON.stringify(body),
    });
    return outcome.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AgentMessage);
  }

  /** Changes keys in order, as one who may. */
  async changeKeys(steps: readonly KeyStep[], as: Identity): Promise<void> {
    await this.#sessions.do({ kind: 'registry', steps }, as);
  }

  /** The result or the error of one request. */
  async ask(channel: Channel, body: Json = {}, as: Identity = 'standardUser', longest?: number): Promise<AgentMessage> {
    const last = (await this.messages(channel, body, as, longest)).at(-1);
    if (last === undefined) throw new Error('the agent said nothing');
    return last;
  }

  /** Sends bytes as one message of the pipe, past every check of a client. */
  async raw(
    message: string | Uint8Array,
    options: { as?: Identity; words?: readonly string[] } = {},
  ): Promise<PipeReport> {
    this.bed.putFile('C:\\Users\\Public\\message.bin', message);
    const program = this.bed.windowsPath(path.join(machine?.testPrograms ?? '', 'epmbed.exe'));
    const words = [
      'pipe',
      '--name',
      PIPE_NAMES.user,
      '--send-file',
      'C:\\Users\\Public\\message.bin',
      ...(options.words ?? []),
    ];
    const outcome = await this.bed.run({ program, arguments: words, as: options.as ?? 'standardUser' });
    return JSON.parse(outcome.output) as PipeReport;
  }

  /** The one answer to a raw message. */
  async rawAnswer(
    message: string | Uint8Array,
    as: Identity = 'standardUser',
    pipe: PipeKind = 'user',
  ): Promise<AgentMessage> {
    const text = (await this.#sessions.do(
      { kind: 'send', message: Buffer.from(message).toString('base64'), pipe },
      as,
    )) as string;
    return JSON.parse(text) as AgentMessage;
  }

  /** The agent serves as before: nothing a test did has hurt it. */
  async expectAlive(): Promise<void> {
    expect(await this.ask('status')).toMatchObject({ kind: 'result', body: { state: 'running' } });
  }

  /** Copies the probe to a path and answers its SHA-256. */
  putProbe(target: string = PROGRAM, overlay = ''): string {
    const content = Buffer.concat([this.bed.readFile(this.bed.programs.probe), Buffer.from(overlay)]);
    this.bed.putFile(target, content);
    return createHash('sha256').update(content).digest('hex');
  }

  /** What the probe with this process id wrote; undefined while there is nothing. */
  report(processId: unknown): ProbeReport | undefined {
    const file = `C:\\ProgramData\\epm-probe\\${String(processId)}.json`;
    if (!this.bed.fileExists(file)) return undefined;
    return JSON.parse(this.bed.readFile(file).toString('utf8')) as ProbeReport;
  }

  /** How often the probe ran, under whatever account. */
  probeRuns(): number {
    const folder = this.bed.hostPath('C:\\ProgramData\\epm-probe');
    return this.bed.fileExists('C:\\ProgramData\\epm-probe') ? readdirSync(folder).length : 0;
  }

  /** Every record of the journal, as an administrator gets them. */
  async records(): Promise<readonly Json[]> {
    // The most that one answer has.
    const messages = await this.messages('audit', { limit: 100_000 }, 'administrator');
    expect(messages.at(-1)?.kind).toBe('result');
    return messages.filter(({ kind }) => kind === 'event').map(({ body }) => body['record'] as Json);
  }
}

export function enabledGroups(report: ProbeReport): readonly string[] {
  return report.token.groups.filter(({ attributes }) => (attributes & SE_GROUP_ENABLED) !== 0).map(({ sid }) => sid);
}

/** A rule for {@link PROGRAM}. */
export function programRule(sha256: string, more: Json = {}): Json {
  return {
    name: 'Probe',
    type: 'automatic',
    fileName: 'probe.exe',
    filePath: 'C:\\Program Files\\App',
    fileHash: sha256,
    ...more,
  };
}

/** A request as bytes of the protocol. */
export function message(channel: string, body: Json): string {
  return JSON.stringify({ v: 1, channel, body });
}

/** Waits until every program that a test started has ended. */
export async function untilNothingRuns(bed: TestBed): Promise<void> {
  await eventually(() => expect(bed.leftovers()).toEqual([]));
}
