/** A packed agent and programs that start others: what rules say of them, what ran, and what was recorded. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import type { TestBed } from '../bed/index.ts';
import { type AgentMessage, AgentUnderTest, type Json, type ProbeReport } from './agent-under-test.ts';

const REPORTS = 'C:\\ProgramData\\epm-probe';

export const nameOf = (file: string): string => file.slice(file.lastIndexOf('\\') + 1);

export class ChildTree {
  readonly agent: AgentUnderTest;
  readonly #hashes = new Map<string, string>();

  constructor(bed: TestBed) {
    this.agent = new AgentUnderTest(bed);
  }

  /** Puts a program where it is to lie; the same bytes are never in two places. Default: a probe. */
  put(file: string, content?: Uint8Array): void {
    const { bed } = this.agent;
    const bytes = content ?? Buffer.concat([bed.readFile(bed.programs.probe), Buffer.from(file)]);
    bed.putFile(file, bytes);
    this.know(file, bytes);
  }

  /** Notes the digest of a program that comes to its place later, or is there. */
  know(file: string, content: Uint8Array): void {
    this.#hashes.set(file, createHash('sha256').update(content).digest('hex'));
  }

  hash(file: string): string {
    const hash = this.#hashes.get(file);
    if (hash === undefined) throw new Error(`no ${file}`);
    return hash;
  }

  /** A rule for one program, by its name and content. */
  rule(file: string, more: Json = {}): Json {
    return { name: nameOf(file), type: 'automatic', fileName: nameOf(file), fileHash: this.hash(file), ...more };
  }

  /** Makes these the rules of the machine, and waits until they are in force. */
  async policy(rules: readonly Json[], settings: Json = {}): Promise<void> {
    await this.agent.apply({ id: 'tests', settings: { enabled: true, ...settings }, rules });
    await this.agent.untilRules(rules.length);
  }

  /** Runs a program elevated, to its end. @param longest milliseconds that it may take; default: a minute */
  run(path: string, values: readonly string[] = [], longest?: number): Promise<AgentMessage> {
    return this.agent.ask('elevate', { path, arguments: values, wait: true }, 'standardUser', longest);
  }

  /** Records of the children of a request, without those of the console host, which needs no rule. */
  async childrenOf({ body }: AgentMessage): Promise<readonly Json[]> {
    return (await this.agent.records()).filter(
      ({ event, requestId, filePath }) =>
        (event === 'childAllowed' || event === 'childDenied') &&
        requestId === body['requestId'] &&
        !/\\conhost\.exe$/i.test(String(filePath)),
    );
  }

  /** Reports of probes that ran, by their file name. */
  reports(): ReadonlyMap<string, ProbeReport> {
    const { bed } = this.agent;
    const all = bed.fileExists(REPORTS) ? readdirSync(bed.hostPath(REPORTS)) : [];
    return new Map(
      all.flatMap((file) => {
        const report = this.agent.report(file.slice(0, -'.json'.length));
        return report === undefined ? [] : [[nameOf(report.image).toLowerCase(), report] as const];
      }),
    );
  }

  forgetReports(): void {
    rmSync(this.agent.bed.hostPath(REPORTS), { recursive: true, force: true });
  }
}
