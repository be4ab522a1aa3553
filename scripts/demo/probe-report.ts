/** What the elevated program itself saw, in the words of a person. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { identitySid, type TestBed } from '../../testbed/test-bed.ts';

interface ProbeReport {
  readonly processId: number;
  readonly image: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: readonly string[];
  readonly token: {
    readonly user: string;
    readonly session: number;
    readonly groups: readonly { readonly sid: string; readonly attributes: number }[];
    readonly privileges: readonly unknown[];
  };
}

const REPORTS = 'C:\\ProgramData\\epm-probe';
const SE_GROUP_ENABLED = 4;
/** Variables of the requester's session that must not reach an elevated program: two name the profile, two load code. */
export const REQUESTERS_ENVIRONMENT = {
  HOMEPATH: '\\Users\\alice',
  OneDrive: 'C:\\Users\\alice\\OneDrive',
  COR_PROFILER_PATH: 'C:\\Users\\alice\\profiler.dll',
  JAVA_TOOL_OPTIONS: '-javaagent:C:\\Users\\alice\\agent.jar',
} as const;

/** The report of the disk doctor, which is the probe of the test bed under another name. */
export function describeReport(device: TestBed): readonly string[] {
  const folder = device.hostPath(REPORTS);
  const reports = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as ProbeReport,
  );
  const report = reports.find(({ image }) => /DiskDoctor\.exe$/i.test(image));
  if (report === undefined) throw new Error('The elevated program left no report.');
  const { token } = report;
  const administrators = token.groups.find(({ sid }) => sid === 'S-1-5-32-544');
  const enabled = administrators !== undefined && (administrators.attributes & SE_GROUP_ENABLED) !== 0;
  // The account has a HOMEPATH of its own.
  const entries = new Set(report.environment.map((entry) => entry.toUpperCase()));
  const requesters = Object.entries(REQUESTERS_ENVIRONMENT);
  const present = requesters.filter(([name, value]) => entries.has(`${name}=${value}`.toUpperCase()));
  const namesOf = (variables: typeof requesters): string => variables.map(([name]) => name).join(', ');
  return [
    'What the elevated program saw:',
    `  user            ${token.user}   (the requester is ${identitySid.standardUser})`,
    `  Administrators  ${enabled ? 'enabled' : 'NOT enabled'}`,
    `  session         ${token.session}`,
    `  arguments       ${JSON.stringify(report.arguments.slice(1))}`,
    `  directory       ${report.directory}`,
    `  privileges      ${token.privileges.length}, those of an administrator`,
    `  environment     ${report.environment.length} variables, none the requester\u2019s: ${namesOf(requesters)}${present.length === 0 ? '' : ` BUT ${namesOf(present)}`}`,
  ];
}
