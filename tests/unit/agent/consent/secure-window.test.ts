/** What a secure window is made of, and what is left of it when a part is not what was asked for. */
import { describe, expect, it } from 'vitest';
import { startSecureWindow } from '../../../../src/agent/consent/secure-window.ts';
import { verifyCaller } from '../../../../src/agent/caller.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import { ALICE, caller, FakeMachine, type TokenOverrides } from '../fake-machine.ts';

const PROGRAM = 'C:\\Program Files\\EPM\\epmprompt.exe';
const FRAME = Buffer.from('0000000dkind\tconsent\n');

function bed() {
  const machine = new FakeMachine();
  const file = machine.addFile(PROGRAM);
  const ports = machine.ports();
  const who = verifyCaller(caller(), ports.machine);
  const start = (testVariables: readonly string[] = []) =>
    startSecureWindow(FRAME, who, 125, {
      ...ports,
      testVariables,
      openProgram: () => {
        machine.openHandles += 1;
        return { path: PROGRAM, id: file.id, close: () => void (machine.openHandles -= 1) };
      },
    });
  return { machine, start };
}

describe('a secure window', () => {
  it('runs under an isolated account without any right, on a desktop that is open to this account only', async () => {
    const { machine, start } = bed();
    const window = await start();
    const [account] = machine.accountRequests;
    expect(account).toMatchObject({ isAdministrator: false, session: 1, domainName: 'EPM' });
    expect(account?.accountSid).not.toBe(ALICE);
    expect(machine.process.tokenFacts.groups.map(({ sid }) => sid)).not.toContain('S-1-5-32-544');
    expect(machine.process.tokenFacts.privileges.map(({ name }) => name)).toEqual(['SeChangeNotifyPrivilege']);
    const { request } = machine.process;
    expect(request).toMatchObject({
      path: PROGRAM,
      commandLine: `"${PROGRAM}"`,
      directory: 'C:\\Windows\\System32',
      desktop: 'winsta0\\EPM-1',
      activeProcessLimit: 1,
      killWithAgent: true,
      streams: { input: FRAME },
    });
    expect(request.environment).toEqual(['SystemDrive=C:', 'SystemRoot=C:\\Windows', 'windir=C:\\Windows']);
    for (const sddl of [request.processSddl, request.tokenSddl, machine.desktopRequests[0]?.sddl ?? '']) {
      expect(sddl).not.toContain(ALICE);
      expect(sddl).toContain(account?.accountSid);
    }
    // DESKTOP_SWITCHDESKTOP (0x100) is the system's alone.
    expect(machine.desktopRequests[0]?.sddl).toBe(
      `O:SYG:SYD:P(A;;RC;;;OW)(A;;0xf01ff;;;SY)(A;;0x200cf;;;${account?.accountSid})`,
    );
    expect(machine.process.resumed).toBe(true);
    expect(machine.shownDesktops).toEqual([{ seconds: 125, isShown: false, isHeld: true }]);
    await window.end();
    expect(machine.process).toMatchObject({ terminatedWith: 1, released: true });
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.openHandles).toBe(0);
  });

  it('has the same account for the same person, and another than any rule has', async () => {
    const { machine, start } = bed();
    await (await start()).end();
    await (await start()).end();
    const [first, second] = machine.accountRequests;
    expect(first?.accountSid).toBe(second?.accountSid);
    expect(first?.requestId).not.toBe(second?.requestId);
  });

  it('gets a variable of the test bed where it is named, and nothing else of the account', async () => {
    const { machine, start } = bed();
    machine.accountEnvironment = ['EPM_TEST_PROMPT=x', 'PATH=C:\\evil', 'COR_PROFILER=1'];
    await (await start(['EPM_TEST_PROMPT'])).end();
    expect(machine.process.request.environment).toContain('EPM_TEST_PROMPT=x');
    expect(machine.process.request.environment).toHaveLength(4);
  });

  const groups = (more: object): TokenOverrides => {
    return (good) => ({ groups: [...good.groups, more as (typeof good.groups)[number]] });
  };
  it.each<[string, (machine: FakeMachine) => void, string]>([
    ['no account', (m) => (m.refusedLogons = ['interactive', 'service']), 'EPM_ACCOUNT_UNAVAILABLE'],
    ['no domain', (m) => (m.domainFault = new EpmError('EPM_ACCOUNT_UNAVAILABLE', 'None.')), 'EPM_ACCOUNT_UNAVAILABLE'],
    [
      'an administrator',
      (m) => (m.tokenOverrides = groups({ sid: 'S-1-5-32-544', attributes: 0xf })),
      'EPM_TOKEN_REFUSED',
    ],
    [
      'an administrator that only denies',
      (m) => (m.tokenOverrides = groups({ sid: 'S-1-5-32-544', attributes: 0x10 })),
      'EPM_TOKEN_REFUSED',
    ],
    ['high integrity', (m) => (m.tokenOverrides = { integrity: 0x3000 }), 'EPM_TOKEN_REFUSED'],
    ['an elevated token', (m) => (m.tokenOverrides = { elevated: true }), 'EPM_TOKEN_REFUSED'],
    ['one half of a pair', (m) => (m.tokenOverrides = { elevationType: 3 }), 'EPM_TOKEN_REFUSED'],
    ['the account of the person', (m) => (m.tokenOverrides = { user: ALICE }), 'EPM_TOKEN_REFUSED'],
    [
      'a privilege',
      (m) =>
        (m.tokenOverrides = (good) => ({
          privileges: [...good.privileges, { name: 'SeShutdownPrivilege', attributes: 0 }],
        })),
      'EPM_TOKEN_REFUSED',
    ],
    ['a desktop that others may use', (m) => (m.desktopSecurity = `O:SYD:P(A;;GA;;;${ALICE})`), 'EPM_START_FAILED'],
    ['a desktop of which nothing is told', (m) => (m.desktopSecurity = null), 'EPM_START_FAILED'],
    ['another image', (m) => (m.imageOverrides = { file: 'f'.repeat(32) }), 'EPM_IMAGE_CHANGED'],
    ['a process outside of its job', (m) => (m.processOverrides = { inJob: false }), 'EPM_START_FAILED'],
    ['a process in another session', (m) => (m.processOverrides = { session: 2 }), 'EPM_START_FAILED'],
    [
      'a process that the person may open',
      (m) => (m.securityOverrides = { process: `O:SYD:P(A;;RC;;;OW)(A;;GA;;;${ALICE})` }),
      'EPM_START_FAILED',
    ],
    ['a process with another token', (m) => (m.processTokenOverrides = { integrity: 0x3000 }), 'EPM_TOKEN_REFUSED'],
  ])('is none, and leaves nothing, with %s', async (_, spoil, code) => {
    const { machine, start } = bed();
    spoil(machine);
    await expect(start()).rejects.toMatchObject({ code });
    expect(machine.processes.every(({ resumed, released }) => !resumed && released)).toBe(true);
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.openHandles).toBe(0);
  });

  it('takes its desktop away even where ending the process fails', async () => {
    const { machine, start } = bed();
    const window = await start();
    machine.process.terminate = () => {
      throw new EpmError('EPM_START_FAILED', 'It cannot be ended.');
    };
    await window.end();
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.log.map(({ event }) => event)).toContain('secureWindowEndFailed');
  });
});
