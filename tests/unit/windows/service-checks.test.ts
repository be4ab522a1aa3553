import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { protectionSddl } from '../../../src/windows/security/protection.ts';
import { SERVICE_CHECKS } from '../../../src/windows/service/service-checks.ts';
import { readService, serviceFacts, type ServiceFacts } from '../../../src/windows/service/service-facts.ts';
import {
  programOfCommandLine,
  REQUIRED_PRIVILEGES,
  SERVICE_PROTECTION,
  servicePlan,
} from '../../../src/windows/service/service-plan.ts';
import { fromSddl } from './sddl.ts';

const EPM = 'C:\\Program Files\\EPM\\epm.exe';
const PLAN = servicePlan(EPM);
const SECURITY = fromSddl(`O:SY${protectionSddl(SERVICE_PROTECTION)}`);

/** As epm_service_facts tells of the service that `epm agent install` registers. */
const SOUND = {
  type: 16,
  start: 2,
  errorControl: 1,
  commandLine: `"${EPM}" agent --service`,
  account: 'LocalSystem',
  displayName: 'EPM Agent',
  state: 4,
  processId: 4711,
  exitCode: 0,
  controls: 0x1a5,
  description: PLAN.description,
  delayed: false,
  sidType: 1,
  privileges: Object.keys(REQUIRED_PRIVILEGES),
  recovery: {
    resetPeriod: 86_400,
    command: '',
    actions: [1_000, 10_000, 60_000, 600_000].map((delay) => ({ type: 1, delay })),
  },
  onFailure: true,
  preshutdown: 30_000,
  security: Buffer.from(SECURITY).toString('hex'),
};

function faults(changed: object): Readonly<Record<string, string | null>> {
  const facts = serviceFacts({ ...SOUND, ...changed });
  const found = SERVICE_CHECKS.map(({ id, judge }) => [id, judge(facts, PLAN).fault] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string | null] => entry[1] !== undefined));
}

describe('what a registered service must be', () => {
  it('is met by the one that is registered', () => {
    expect(faults({})).toEqual({});
  });

  it.each<[string, object]>([
    ['serviceProgram', { commandLine: `${EPM} agent --service` }],
    ['serviceProgram', { commandLine: '"C:\\Users\\Public\\epm.exe" agent --service' }],
    ['serviceAccount', { account: '.\\alice' }],
    ['serviceAccount', { type: 32 }],
    ['serviceStart', { start: 3 }],
    ['serviceStart', { start: 4 }],
    ['serviceStart', { delayed: true }],
    ['serviceStart', { errorControl: 0 }],
    ['serviceDescription', { description: 'Nothing to see here' }],
    ['serviceDescription', { displayName: 'Updater' }],
    ['serviceSid', { sidType: 0 }],
    ['serviceSid', { sidType: 3 }],
    ['servicePrivileges', { privileges: [] }],
    ['servicePrivileges', { privileges: [...Object.keys(REQUIRED_PRIVILEGES), 'SeDebugPrivilege'] }],
    ['servicePrivileges', { privileges: ['SeTcbPrivilege'] }],
    ['serviceRecovery', { recovery: { ...SOUND.recovery, actions: [] } }],
    ['serviceRecovery', { recovery: { ...SOUND.recovery, actions: [{ type: 2, delay: 1000 }] } }],
    ['serviceRecovery', { recovery: { ...SOUND.recovery, command: 'C:\\x.exe' } }],
    ['serviceRecovery', { recovery: { ...SOUND.recovery, resetPeriod: 0 } }],
    ['serviceRecovery', { onFailure: false }],
    ['serviceShutdown', { preshutdown: 10_000 }],
    ['serviceSecurity', { security: Buffer.from(fromSddl('O:SYD:(A;;0xf01ff;;;BA)')).toString('hex') }],
  ])('%s is not, with %j', (id, changed) => {
    expect(faults(changed)).toEqual({ [id]: expect.stringMatching(/\S/) as string });
  });

  it.each(['description', 'sidType', 'privileges', 'recovery', 'onFailure', 'security'])(
    'is not known, and never taken for met, without "%s"',
    (name) => {
      expect(Object.values(faults({ [name]: null }))).toEqual([null]);
    },
  );

  it('is asked for with every member of the answer', () => {
    for (const name of Object.keys(SOUND).filter((member) => member !== 'exitCode')) {
      const { [name]: _, ...rest } = SOUND as Record<string, unknown>;
      expect(() => serviceFacts(rest), name).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
    }
  });
});

describe('the service that is registered', () => {
  const native = (result: number, text: string) => ({
    epm_service_facts: (_name: string, out: Uint8Array, _capacity: number, length: [number]) => {
      length[0] = Buffer.from(text).copy(out);
      return result;
    },
  });

  it('is none where Windows knows none, and a failure is never taken for that', () => {
    expect(readService(native(1060, '{"step":"OpenServiceW","win32":1060}'), 'x')).toBeUndefined();
    expect(() => readService(native(5, '{"step":"OpenServiceW","win32":5}'), 'x')).toThrow(
      expect.objectContaining({ code: 'EPM_WINDOWS_API' }),
    );
    const found: ServiceFacts | undefined = readService(native(0, JSON.stringify(SOUND)), 'x');
    expect(found).toMatchObject({ state: 'running', security: parseDescriptor(SECURITY) });
  });

  it.each([
    [`"${EPM}" agent --service`, EPM],
    [`${EPM} agent --service`, undefined],
    ['"C:\\x\\other.exe" agent --service', undefined],
    [`"${EPM}" agent --service --more`, undefined],
    ['', undefined],
  ])('AC-99 runs of %j the program %j', (commandLine, program) => {
    expect(programOfCommandLine(commandLine)).toBe(program);
  });
});

/** Windows takes every other privilege away from the agent, so that one that is missing there fails on Windows only. */
it('every privilege that the native part enables is among those of the service', () => {
  const folder = path.resolve(import.meta.dirname, '../../../native/src');
  const enabled = readdirSync(folder)
    .filter((name) => name.endsWith('.cpp') && name !== 'created_token.cpp')
    .flatMap((name) => [
      ...readFileSync(path.join(folder, name), 'utf8').matchAll(/enable_own_privilege\(L"(Se\w+Privilege)"\)/g),
    ])
    .map(([, name = '']) => name);
  expect(enabled.length).toBeGreaterThan(1);
  expect(Object.keys(REQUIRED_PRIVILEGES)).toEqual(expect.arrayContaining(enabled));
});
