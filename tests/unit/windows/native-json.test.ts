import { describe, expect, it } from 'vitest';
import { jsonCall } from '../../../src/windows/dll/json-call.ts';
import { nativeEvent } from '../../../src/windows/events/event.ts';
import { environmentBlock } from '../../../src/windows/processes/process-starter.ts';
import { callerFacts, tokenFacts } from '../../../src/windows/tokens/token-facts.ts';

const TOKEN = {
  user: 'S-1-5-21-1-2-3-1001',
  groups: [{ sid: 'S-1-1-0', attributes: 7 }],
  privileges: [{ name: 'SeChangeNotifyPrivilege', attributes: 3 }],
  integrity: 0x2000,
  session: 1,
  type: 'primary',
  elevated: false,
  elevationType: 3,
  authenticationId: '00000000000abcde',
  logonSid: 'S-1-5-5-0-1234',
  owner: 'S-1-5-21-1-2-3-1001',
  primaryGroup: 'S-1-5-21-1-2-3-513',
  defaultDacl: 'D:(A;;GA;;;SY)',
  appContainer: false,
  restricted: false,
  virtualizationEnabled: false,
  mandatoryPolicy: 3,
  source: 'User32',
  securityAttributes: ['EPM://request=1'],
};
const NULLABLE = [
  'integrity',
  'elevated',
  'elevationType',
  'authenticationId',
  'appContainer',
  'restricted',
  'virtualizationEnabled',
  'mandatoryPolicy',
  'source',
  'securityAttributes',
];

describe('facts of a token', () => {
  it('are taken as they are', () => {
    expect(tokenFacts(TOKEN)).toEqual(TOKEN);
  });

  it.each(Object.keys(TOKEN))('are refused without "%s"', (name) => {
    const { [name]: _, ...rest } = TOKEN as Record<string, unknown>;
    expect(() => tokenFacts(rest)).toThrow(expect.objectContaining({ code: 'EPM_TOKEN_REFUSED' }));
  });

  it.each(Object.keys(TOKEN))('may lack "%s" only where the system may not have it', (name) => {
    const read = (): unknown => tokenFacts({ ...TOKEN, [name]: null });
    if (NULLABLE.includes(name)) expect(read()).toMatchObject({ [name]: null });
    else expect(read).toThrow(expect.objectContaining({ code: 'EPM_TOKEN_REFUSED' }));
  });

  it.each([
    ['user', 'nobody'],
    ['user', ''],
    ['groups', {}],
    ['groups', [{ sid: 'S-1-1-0', attributes: '7' }]],
    ['groups', [{ sid: 'S-1-1-0', attributes: -1 }]],
    ['groups', [{ sid: 'Everyone', attributes: 7 }]],
    ['integrity', '8192'],
    ['integrity', 0x20000],
    ['session', 1.5],
    ['type', 'Primary'],
    ['elevated', 1],
    ['elevationType', 0],
    ['authenticationId', 'abc'],
    ['appContainer', 'false'],
    ['securityAttributes', 'EPM://request=1'],
  ])('are refused with "%s" = %j', (name, value) => {
    expect(() => tokenFacts({ ...TOKEN, [name]: value })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^EPM_(?:TOKEN_REFUSED|SID_INVALID)$/) as string }),
    );
  });

  it('refuses what is no object', () => {
    for (const value of [null, [], 'x', 1])
      expect(() => tokenFacts(value)).toThrow(expect.objectContaining({ code: 'EPM_TOKEN_REFUSED' }));
  });
});

describe('AC-12 facts of a caller', () => {
  const caller = { token: TOKEN, impersonationLevel: 1, processId: 4711 };
  it('are taken as they are', () => {
    expect(callerFacts(caller)).toEqual(caller);
  });
  it.each([
    [{ ...caller, impersonationLevel: 4 }],
    [{ ...caller, processId: null }],
    [{ ...caller, token: null }],
    [{ ...caller, token: { ...TOKEN, user: null } }],
    [{}],
  ])('are refused when they are not whole: %#', (value) => {
    expect(() => callerFacts(value)).toThrow(expect.objectContaining({ code: 'EPM_CALLER_UNKNOWN' }));
  });
});

describe('events', () => {
  it.each([
    [{ kind: 'request', server: 2, connection: 3 }],
    [{ kind: 'listener', server: 2, win32: 8, over: false }],
    [{ kind: 'exit', process: 2, code: 0xc0000022, time: 1_700_000_000_000 }],
    [{ kind: 'service', control: 1 }],
    [{ kind: 'woken' }],
  ])('are read: %o', (event) => {
    expect(nativeEvent(event)).toEqual(event);
  });
  it.each([
    [{ kind: 'other' }],
    [{ kind: 'request' }],
    [{ kind: 'request', server: 1, connection: 0 }],
    [{ kind: 'request', connection: 3 }],
    [{ kind: 'refused', server: 1, reason: 'mood', user: '' }],
    [{ kind: 'refused', reason: 'busy', user: '' }],
    [null],
  ])('are refused: %j', (event) => {
    expect(() => nativeEvent(event)).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
  });
});

describe('calls that answer with JSON', () => {
  const answer =
    (text: string, result = 0) =>
    (out: Uint8Array, capacity: number, length: [number]) => {
      const bytes = Buffer.from(text);
      length[0] = bytes.length;
      if (bytes.length > capacity) return 122;
      out.set(bytes);
      return result;
    };
  it('grow their buffer to what is asked for', () => {
    const long = JSON.stringify({ text: 'x'.repeat(100_000) });
    expect(jsonCall('f', answer(long))).toEqual(JSON.parse(long));
  });
  it('do not grow it for ever', () => {
    expect(() => jsonCall('f', answer('x'.repeat(2_000_000)))).toThrow(
      expect.objectContaining({ code: 'EPM_WINDOWS_API' }),
    );
  });
  it('name the step and the status of a failure', () => {
    const text = JSON.stringify({ step: 'LogonUserExExW', ntstatus: -1073741477 });
    expect(() => jsonCall('f', answer(text, 1385), 'EPM_ACCOUNT_UNAVAILABLE')).toThrow(
      expect.objectContaining({
        code: 'EPM_ACCOUNT_UNAVAILABLE',
        data: { call: 'f', win32: 1385, step: 'LogonUserExExW', status: '0xC000015B' },
      }),
    );
  });
  it('refuse what is no JSON', () => {
    expect(() => jsonCall('f', answer('{'), 'EPM_TOKEN_REFUSED')).toThrow(
      expect.objectContaining({ code: 'EPM_TOKEN_REFUSED' }),
    );
  });
});

describe('the environment block', () => {
  it('is sorted without case and ends with two NUL', () => {
    expect(Buffer.from(environmentBlock(['b=2', 'A=1', 'a1=3'])).toString('utf16le')).toBe('A=1\0a1=3\0b=2\0\0');
    expect(Buffer.from(environmentBlock([])).toString('utf16le')).toBe('\0\0');
  });
  it.each([['=C:=C:\\'], ['name'], ['a=b\0c=d']])('refuses the entry %j', (entry) => {
    expect(() => environmentBlock([entry])).toThrow(expect.objectContaining({ code: 'EPM_START_FAILED' }));
  });
});
