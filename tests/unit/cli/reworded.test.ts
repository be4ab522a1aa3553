/** Programs read codes: with other words in every answer the command line decides the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElevateResult, PolicyReport, StatusReport, StatusWarning } from '../../../src/agent/contract.ts';
import { STATUS_CODES, type StatusCode } from '../../../src/agent/status-codes.ts';
import { reworded, wordless } from '../../reworded.ts';
import { buildProgram } from '../facts/pe-builder.ts';
import type { CommandLine, Input, Outcome } from './run-reworded.ts';

const RUN = {
  requestId: 'r1',
  processId: 7,
  startTime: '2026-03-01T10:00:00.000Z',
  file: { path: 'C:\\a.exe', sha256: 'aa' },
  account: { sid: 'S-1-5-107-1', name: 'EPM\\a' },
  accountFactory: 'virtualAccount',
  childProcesses: 'deny',
} as const;
const END = { endTime: '2026-03-01T10:00:01.000Z', exitCode: 3 };
const SAID = { requestId: 'r1', message: 'This is why.', hint: 'Do that.' };

const ELEVATIONS: { readonly [O in ElevateResult['outcome']]: Extract<ElevateResult, { outcome: O }> } = {
  started: { outcome: 'started', ...RUN },
  finished: { outcome: 'finished', ...RUN, ...END },
  cancelled: { outcome: 'cancelled', ...RUN, ...END },
  timedOut: { outcome: 'timedOut', ...RUN, ...END },
  needs: {
    outcome: 'needs',
    requestId: 'r1',
    requirements: ['confirmation'],
    ticket: '0'.repeat(32),
    expires: '2026-03-01T10:02:00.000Z',
    question: { program: 'a.exe', path: 'C:\\a.exe', arguments: '', digest: 'aa', fromInternet: false },
    file: RUN.file,
  },
  needsApproval: { outcome: 'needsApproval', ...SAID },
  denied: { outcome: 'denied', reason: 'denyRule', ...SAID },
  notManaged: { outcome: 'notManaged', reason: 'noPolicy', ...SAID },
};

const warning = (code: string): StatusWarning => ({
  code: code as StatusCode,
  message: 'This is so.',
  hint: 'Do that.',
});
const STATUS: StatusReport = {
  version: '1',
  state: 'degraded',
  startTime: RUN.startTime,
  processId: 1,
  clientState: 'enabled',
  policyDigest: 'd',
  policySince: RUN.startTime,
  rules: 1,
  rejectedRules: 0,
  running: 0,
  counters: { elevated: 0, denied: 0, failed: 0, refusedClients: 0 },
  journal: { records: 1, headHash: 'h', firstRecord: 1, state: 'whole', eventLog: 'available' },
  approvals: { deviceId: 'd0', pendingRequests: 0, approvedRequests: 0, grants: 0 },
  accountFactory: 'virtualAccount',
  warnings: Object.keys(STATUS_CODES).map(warning),
};
const POLICY = {
  digest: 'd',
  since: RUN.startTime,
  settings: { clientState: 'enabled', defaultElevationResponse: 'denyAll', defaultValidations: [], conflicts: [] },
  settingSources: [],
  rules: [],
} as unknown as PolicyReport;
const FAULTY: PolicyReport = {
  ...POLICY,
  fault: { code: 'EPM_POLICY_INVALID', message: 'Not JSON.', hint: 'Mend it.' },
};

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'setup.exe': buildProgram(),
  'good.json': '{"version":1,"settings":{"enabled":true},"rules":[{"name":"No","type":"deny","fileName":"a.exe"}]}',
  'typo.json':
    '{"version":1,"settings":{"enabled":true,"enabeld":true},"rules":[{"name":"Typo","type":"deny","fileNam":"a.exe"}]}',
  'deny.json': '{"version":1,"rules":[{"name":"No","type":"deny","fileName":"a.exe","minimumVersion":"v1"}]}',
  'twice.json':
    '{"version":1,"rules":[{"name":"No","type":"deny","fileName":"a.exe"},{"name":"No","type":"deny","fileName":"b.exe"}]}',
  'broken.json': '{"version":1,',
  'arguments.json':
    '{"version":1,"rules":[{"name":"A","type":"automatic","fileName":"a.exe","fileHash":"' +
    'a'.repeat(64) +
    '","requireArguments":true}]}',
  'cases.json':
    '{"version":1,"policies":["good.json"],"cases":[{"name":"c","file":{"path":"C:\\\\a.exe"},"expect":{"outcome":"elevate"}}]}',
};
const POLICIES = ['good.json', 'typo.json', 'deny.json', 'twice.json', 'broken.json', 'arguments.json', 'none.json'];
const ON_FILES = [
  ...POLICIES.flatMap((file) => [
    `policy show --policy ${file} --json`,
    `policy apply ${file} --check --json`,
    `policy apply ${file} --check --partly --json`,
    `policy convert ${file} --to graph --json`,
    `policy convert ${file} --to json --strict --json`,
    `policy lint ${file} --json`,
    `policy inspect ${file} --json`,
    `decide --policy ${file} --file setup.exe --json`,
  ]),
  'policy test cases.json --json',
  'policy compare good.json typo.json --json',
  'policy new-rule --file setup.exe --json',
  'file setup.exe --json',
  'decide --policy good.json --json',
];

describe('with other words', () => {
  let folder: string;
  let lines: CommandLine[];
  let usual: readonly Outcome[];
  let other: readonly Outcome[];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-reworded-'));
    for (const [name, content] of Object.entries(FILES)) writeFileSync(path.join(folder, name), content);
    const onAgent = (answers: readonly object[], ...words: string[]): CommandLine[] =>
      answers.flatMap((answer) => [
        { words: [...words, '--json'], answer },
        { words, answer },
      ]);
    const unreachable = { code: 'EPM_AGENT_UNREACHABLE' };
    lines = [
      ...onAgent([...Object.values(ELEVATIONS), { code: 'EPM_TICKET_INVALID' }, unreachable], 'elevate', 'C:\\a.exe'),
      ...onAgent([STATUS, unreachable], 'status'),
      ...onAgent([POLICY, FAULTY, { code: 'EPM_AGENT_BUSY' }], 'policy', 'show'),
      ...onAgent([{ code: 'EPM_AUDIT_BROKEN' }], 'audit'),
      ...ON_FILES.map((line) => ({
        words: line.split(' ').map((word) => (word.includes('.') ? path.join(folder, word) : word)),
      })),
    ];
    usual = run({ reword: false, lines });
    other = run({
      reword: true,
      lines: lines.map(({ words, answer }) => ({ words, ...(answer && { answer: reworded(answer) }) })),
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the command line ends with the same codes', () => {
    const codes = (outcomes: readonly Outcome[]): string[] =>
      outcomes.map(({ code }, index) => `${lines[index]!.words.join(' ')}: ${code}`);
    expect(codes(other)).toEqual(codes(usual));
    expect(new Set(usual.map(({ code }) => code))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('what programs read is the same', () => {
    const read = ({ out, error }: Outcome, index: number): unknown =>
      lines[index]!.words.includes('--json') ? [json(out), errorOf(error)] : [];
    expect(other.map(read)).toEqual(usual.map(read));
  });

  it('the words are others', () => {
    expect(JSON.stringify(usual)).not.toContain('Other words.');
    const said = other.filter(({ out, error }) => `${out}${error}`.includes('Other words.'));
    expect(said.length).toBeGreaterThan(40);
  });
});

function run(input: Input): readonly Outcome[] {
  const program = path.join(import.meta.dirname, 'run-reworded.ts');
  const text = execFileSync(process.execPath, [program], { input: JSON.stringify(input), maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(text.toString('utf8')) as Outcome[];
}

function json(text: string): unknown {
  // How long a case took is the machine's.
  return text === '' ? undefined : wordless(JSON.parse(text.replace(/"duration": [\d.e-]+/g, '"duration": 0')));
}

/** An error is one line of JSON; the other lines are words. */
function errorOf(text: string): unknown {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [json(line)] : []));
}
