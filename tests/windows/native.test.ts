import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { describeWindows, machine, type Outcome, type TestBed } from '../bed/index.ts';

/** What the self-test leaves out on Wine, because Wine does not enforce it. */
const WINDOWS_ONLY = [
  'AC-02 a second first instance is refused',
  'AC-08 anonymous clients are refused',
  'AC-28 a file that may only be read is not executed',
  'AC-69 process: no child under a limit of one',
];

/** Checks whose absence would mean that a whole part was not looked at. */
const MUST_BE_OK = [
  'AC-02 client: a pipe that the system does not own is refused',
  'AC-09 a client that never reads holds up nobody',
  'AC-09 a message that is too large ends the connection',
  'AC-09 further messages and a client that leaves are reported',
  'AC-09 half-open connections time out, one user cannot take them all',
  'AC-28 a caller may do what the file grants, and no more',
  'AC-28 privileges of a caller open nothing',
  'AC-12 a failed impersonation ends the connection and nothing else',
  'AC-63 judged: a child and a grandchild are stopped, and run when they may',
  'AC-63 judged: a child that may not run has not run',
  'AC-64 judged: no child leaves the job',
  'AC-68 judged: a broker that is killed at any moment leaves nothing',
  'AC-68 judged: a child that is to have no debugger is asked about, or ends the whole tree',
  'AC-68 judged: a child that its creator debugs ends the whole tree',
  'AC-68 judged: with its broker the tree ends also when the broker has left another program alone',
  'AC-68 judged: with its broker the whole tree ends',
  'AC-69 judged: many children in a row are each asked about, and nothing is left',
  'judged: a tree that is released ends, also one that waits for an answer',
  'a listener none of whose instances can listen says that it is over',
  'a listener that runs out of memory says that it is over',
  'an instance that fails to listen is told and tried again',
  'AC-09 a client for whom there is no memory is turned away, and the next one served',
  'process: one that was never resumed ends with its release',
  'process: suspended, in its job, under its token, then exit and empty tree',
  'process: the whole tree can be ended',
  'registry: a key that appears, changes, goes and comes back',
  'the caller is known by its token',
  'the guard of the stack is drawn before the program begins',
  'token: what was asked for and nothing else',
  'two users are two callers',
];

function names(outcome: Outcome, verdict: 'ok' | 'not ok' | 'skip'): string[] {
  const lines = outcome.output.split(/\r?\n/).filter((line) => line.startsWith(`${verdict} `));
  return lines.map((line) => line.slice(verdict.length + 1));
}

const testPrograms = (): string => machine?.testPrograms ?? '';
const productionDll = (): string => path.join(testPrograms(), '..', '..', 'production', 'bin', 'epmnative.dll');

const koffiFile = (): string =>
  path.join(path.dirname(machine?.windowsNode ?? ''), '../../@koromix/koffi-win32-x64/win32_x64/koffi.node');

const selfTest = (bed: TestBed, as: 'system' | 'standardUser'): Promise<Outcome> =>
  bed.run({ program: bed.windowsPath(path.join(testPrograms(), 'epmselftest.exe')), as });

describeWindows('epmnative.dll', [], (bed) => {
  let outcome: Outcome | undefined;

  it('AC-02 AC-09 AC-12 AC-63 AC-64 AC-68 AC-69 passes its own checks as the system account', async () => {
    outcome = await selfTest(bed(), 'system');
    expect(names(outcome, 'not ok'), outcome.output + outcome.errors).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    if (bed().kind === 'wine') expect(names(outcome, 'ok')).toEqual(expect.arrayContaining(MUST_BE_OK));
  });

  for (const name of WINDOWS_ONLY) {
    it(`the self-test: ${name}`, (context) => {
      const left = names(outcome ?? { exitCode: 1, output: '', errors: '' }, 'skip').find((line) =>
        line.startsWith(name),
      );
      if (left !== undefined) context.skip(`windows-only: ${left.slice(name.length + 2)}`);
      expect(outcome && names(outcome, 'ok')).toContain(name);
    });
  }

  it('leaves out on Wine only what Wine does not enforce', () => {
    if (bed().kind !== 'wine' || outcome === undefined) return;
    const left = names(outcome, 'skip').map(
      (line) => WINDOWS_ONLY.find((name) => line.startsWith(`${name}: `)) ?? line,
    );
    expect(left.sort()).toEqual([...WINDOWS_ONLY].sort());
  });
});

describeWindows('epmnative.dll of which a thread runs', ['epm'], (bed) => {
  it('stays loaded when Node frees it: the thread may wake up before the process has ended', async () => {
    const script = 'C:\\epm-native\\free.cjs';
    bed().putFile(script, freeScript(bed().windowsPath(koffiFile()), `${bed().installEpm()}\\epmnative.dll`));
    const outcome = await bed().run({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: [script],
      as: 'system',
    });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    expect(JSON.parse(outcome.output)).toEqual({ watched: 0, before: true, after: true });
  });
});

describe('the production build of epmnative.dll', () => {
  const read = (file: string, context: TestContext): string => {
    if (machine === undefined || !existsSync(file)) context.skip('the native part is not built (npm run build)');
    return readFileSync(file).toString('latin1');
  };

  it('AC-101 holds neither the factory nor the faults of the test bed', (context) => {
    const production = read(productionDll(), context);
    const testBed = read(path.join(testPrograms(), 'epmnative.dll'), context);
    for (const trace of ['NtCreateToken', utf16('EPM_TEST_FAIL_IMPERSONATION'), utf16('EPM_TEST_FAIL_LISTENER')]) {
      expect(testBed).toContain(trace);
      expect(production).not.toContain(trace);
    }
    expect(production).toContain('LogonUserExExW');
    const broker = (folder: string): string => read(path.join(folder, 'epmbroker.exe'), context);
    expect(broker(testPrograms())).toContain(utf16('EPM_TEST_FAIL_FRAME'));
    const released = broker(path.dirname(productionDll()));
    for (const text of [production, released]) expect(text).not.toMatch(/E\0?P\0?M\0?_\0?T\0?E\0?S\0?T/);
  });

  it('imports nothing from outside System32', (context) => {
    const text = read(productionDll(), context);
    const named = [...text.matchAll(/\0([A-Za-z0-9-]+\.dll)\0/gi)].map((match) => (match[1] ?? '').toLowerCase());
    const system = ['advapi32.dll', 'kernel32.dll', 'msvcrt.dll', 'userenv.dll', 'ntdll.dll'];
    expect(named).toContain('kernel32.dll');
    expect(named.filter((name) => name !== 'epmnative.dll' && !system.includes(name))).toEqual([]);
  });

  // The run-time library of GCC would, and each of these programs would load a provider whenever it starts.
  it('asks no cryptographic provider for the guard of the stack', (context) => {
    const programs = [
      'epmnative.dll',
      'epmbroker.exe',
      'epmdesktop.exe',
      'epmlaunch.exe',
      'epmprompt.exe',
      'epmshell.dll',
    ];
    for (const name of programs) {
      const text = read(path.join(path.dirname(productionDll()), name), context);
      expect(text, name).not.toContain('CryptAcquireContext');
      expect(text, name).toContain('SystemFunction036');
    }
  });
});

function utf16(value: string): string {
  return Buffer.from(value, 'utf16le').toString('latin1');
}

describeWindows('epmnative.dll of the production build under Wine', [], (bed) => {
  it('AC-101 makes no token', async (context) => {
    if (bed().kind !== 'wine') context.skip('Wine only');
    const windows = bed();
    const script = 'C:\\epm-native\\create.cjs';
    windows.putFile(script, createScript(windows.windowsPath(koffiFile()), windows.windowsPath(productionDll())));
    const outcome = await windows.run({
      program: windows.windowsPath(machine?.windowsNode ?? ''),
      arguments: [script],
      as: 'system',
    });
    expect(JSON.parse(outcome.output), outcome.errors).toEqual({
      result: 50,
      token: 0,
      detail: { step: 'wine_get_version', win32: 50 },
    });
  });
});

/** Asks for a token as the agent does, and prints what came back. */
function createScript(koffiFile: string, dll: string): string {
  return `
    const holder = { exports: {} };
    process.dlopen(holder, ${JSON.stringify(koffiFile)});
    const koffi = holder.exports;
    const library = koffi.load(${JSON.stringify(dll)});
    koffi.struct('account', { domain_name: 'str16', domain_sid: 'str16', account_name: 'str16', account_sid: 'str16',
      group_name: 'str16', group_sid: 'str16', logon_sid: 'str16', session: 'uint32_t', logon_type: 'uint32_t',
      remove_privileges: 'str16', default_dacl: 'str16', owner_sid: 'str16', request_id: 'str16',
      administrator: 'uint32_t' });
    const create = library.func(
      'uint32_t epm_token_create(account *a, _Inout_ uint32_t *token, uint8_t *out, uint32_t capacity, _Out_ uint32_t *length)');
    const sid = 'S-1-5-107-1-2-3-4-5';
    const out = Buffer.alloc(4096);
    const token = [0];
    const length = [0];
    const result = create({ domain_name: 'EPM', domain_sid: 'S-1-5-107', account_name: 'user_$', account_sid: sid,
      group_name: 'Elevated', group_sid: 'S-1-5-107-0', logon_sid: 'S-1-5-5-0-1001', session: 1, logon_type: 2,
      remove_privileges: '', default_dacl: 'D:(A;;GA;;;SY)', owner_sid: sid, request_id: 'test', administrator: 1 },
      token, out, out.length, length);
    console.log(JSON.stringify({ result, token: token[0], detail: JSON.parse(out.toString('utf8', 0, length[0])) }));
  `;
}

/** Starts a thread of the library, frees it as often as it was loaded, and prints whether it is there before and after. */
function freeScript(koffiFile: string, dll: string): string {
  return `
    const holder = { exports: {} };
    process.dlopen(holder, ${JSON.stringify(koffiFile)});
    const koffi = holder.exports;
    const moduleOf = koffi.load('kernel32.dll').func('intptr_t __stdcall GetModuleHandleW(str16 name)');
    const library = koffi.load(${JSON.stringify(dll)});
    const watch = library.func('uint32_t epm_registry_watch(uint32_t root, str16 key, _Out_ uint32_t *watch)');
    const watched = watch(0x80000002, 'SOFTWARE', [0]);
    const isLoaded = () => moduleOf('epmnative.dll') !== 0;
    const before = isLoaded();
    library.unload();
    console.log(JSON.stringify({ watched, before, after: isLoaded() }));
  `;
}
