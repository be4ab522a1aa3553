/**
 * Runs in a copy of the project in which made-up things were added: uses them and prints what came of it. Here, in the
 * project itself, none of them exists, so their names are texts only.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeAttempt } from '../../../src/agent/audit-entries.ts';
import { compile, decide } from '../../../src/engine/index.ts';
import { parsePolicyFile } from '../../../src/policy/formats/json/policy-file.ts';
import { caseOf } from '../../compliance/row.ts';
import { epm } from '../cli/captured.ts';

const folder = process.argv[2] ?? '.';

function fileOf(name: string, content: unknown): string {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const rule = { type: 'automatic', fileName: 'app.exe', fileHash: 'a'.repeat(64) };
const settings = (value: number) => ({ enabled: true, drillSetting: value });
const policy = {
  version: 1,
  settings: settings(7),
  notifications: { drill: { kind: 'drillKind', page: '4711' } },
  rules: [
    { name: 'made up', ...rule, drillAttribute: 'Contoso' },
    { name: 'more general', ...rule },
    { name: 'script', type: 'deny', fileName: 'a.ps1', drillAttribute: 'Contoso' },
  ],
};

/** How a file of a company is decided, by the policy above. */
function decided(companyName: string): unknown {
  const { request, facts, machine } = caseOf({ facts: { companyName } });
  const file = parsePolicyFile(JSON.stringify(policy));
  const compiled = compile([{ ...file, id: 'drill', scope: { kind: 'device' }, rejected: [] }], { machine });
  const { basis, trace } = decide(compiled, request, facts, { trace: true });
  return {
    problems: file.problems,
    winner: basis.kind === 'rule' ? basis.rule.name : undefined,
    lost: trace?.candidates.flatMap(({ rule: { name }, lostOn }) => (lostOn === undefined ? [] : [{ name, lostOn }])),
    missed: trace?.nearMisses.find((miss) => miss.rule.name === 'made up')?.failed,
  };
}

/** The setting in force when two policies say different things. */
function merged(): unknown {
  const { machine, request } = caseOf();
  const documents = [7, 5].map((value) => ({
    ...parsePolicyFile(JSON.stringify({ version: 1, settings: settings(value), rules: [] })),
    id: `drill ${value}`,
    scope: { kind: 'device' as const },
    rejected: [],
  }));
  const inForce: Readonly<Record<string, unknown>> = {
    ...compile(documents, { machine }).forUser(request.requester.sid).settings,
  };
  return inForce['drillSetting'];
}

const file = fileOf('policy.json', policy);
const exported = await epm('policy', 'convert', file, '--to', 'reg');
const linted = await epm('policy', 'lint', file, '--json');
const converted = await epm('policy', 'convert', file, '--to', 'drill');
const verb = await epm('drill', '--word', 'made up');
const help = await epm('--help');
const record = describeAttempt({
  requestId: 'r',
  trigger: 'userInitiated',
  caller: { sid: 'S-1-5-21-1' } as Parameters<typeof describeAttempt>[0]['caller'],
  arguments: [],
  justification: undefined,
  path: 'C:\\app.exe',
  file: undefined,
  basis: undefined,
  notes: [],
  authentication: undefined,
  refusal: undefined,
  elevationType: 'undetermined',
  approval: {},
});

process.stdout.write(
  JSON.stringify({
    contoso: decided('Contoso'),
    other: decided('Fabrikam'),
    merged: merged(),
    registry: exported.bytes.toString('utf16le'),
    lint: linted.out,
    converted: { code: converted.code, out: converted.out },
    verb: { code: verb.code, out: verb.out },
    help: help.out,
    record,
    receivers: parsePolicyFile(JSON.stringify(policy)).approvals?.notifications,
  }),
);
