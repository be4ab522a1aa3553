import { describe, expect, it } from 'vitest';
import type { PolicyReport, StatusReport, StatusWarning, TestResult } from '../../../src/agent/contract.ts';
import type { AgentMessage } from '../../../src/ipc/messages.ts';
import { MAX_MESSAGE } from '../../../src/ipc/protocol.ts';
import { encodeAgentMessage, encodeClientMessage, parseClientMessage } from '../../../src/ipc/messages.ts';
import { facts } from '../agent/fake-machine.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const elevate = (body: string): string => `{"v":1,"channel":"elevate","body":${body}}`;

describe('AC-09 messages that are refused', () => {
  it.each<[string, Uint8Array | string]>([
    ['nothing', ''],
    ['white space', '  '],
    ['not JSON', 'elevate'],
    ['a truncated message', elevate('{"path":"C:\\\\a.exe"}').slice(0, -3)],
    ['two messages', `${elevate('{"path":"a"}')}${elevate('{"path":"a"}')}`],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a byte order mark', `\ufeff${elevate('{"path":"a"}')}`],
    ['bytes that are not UTF-8', Buffer.from(elevate('{"path":"\u00e4"}'), 'latin1')],
    ['UTF-16', Buffer.from(elevate('{"path":"a"}'), 'utf16le')],
    ['an overlong NUL', Buffer.concat([bytes('{"v":1,"channel":"'), Buffer.from([0xc0, 0x80]), bytes('"}')])],
    ['a NUL byte', elevate('{"path":"a"}') + '\0'],
    ['a comment', `/* */${elevate('{"path":"a"}')}`],
    ['a member twice', '{"v":1,"v":1,"channel":"status","body":{}}'],
    ['a member twice inside', elevate('{"path":"C:\\\\good.exe","path":"C:\\\\evil.exe"}')],
    ['a member twice, once escaped', elevate('{"path":"a","p\\u0061th":"b"}')],
    ['half a character', elevate('{"path":"\\ud800"}')],
    ['half a character in a name', elevate('{"path":"a","\\ud800":1}')],
    ['no version', '{"channel":"status","body":{}}'],
    ['another version', '{"v":2,"channel":"status","body":{}}'],
    ['a version as text', '{"v":"1","channel":"status","body":{}}'],
    ['no body', '{"v":1,"channel":"status"}'],
    ['a body that is a list', '{"v":1,"channel":"status","body":[]}'],
    ['an unknown channel', '{"v":1,"channel":"shutdown","body":{}}'],
    ['a channel of the language', '{"v":1,"channel":"constructor","body":{}}'],
    ['an unknown member', '{"v":1,"channel":"status","body":{},"user":"S-1-5-18"}'],
    ['an unknown member of the body', '{"v":1,"channel":"status","body":{"x":1}}'],
    ['__proto__', '{"v":1,"channel":"status","body":{"__proto__":{"x":1}}}'],
    ['__proto__ for the body', elevate('{"__proto__":{"path":"C:\\\\a.exe"}}')],
    ['constructor', elevate('{"path":"a","constructor":{}}')],
    ['no path', elevate('{}')],
    ['an empty path', elevate('{"path":""}')],
    ['a path that is no text', elevate('{"path":["a"]}')],
    ['a path that is too long', elevate(`{"path":"${'a'.repeat(32_768)}"}`)],
    ['arguments that are no list', elevate('{"path":"a","arguments":"/c"}')],
    ['an argument that is no text', elevate('{"path":"a","arguments":[1]}')],
    ['too many arguments', elevate(`{"path":"a","arguments":[${'"",'.repeat(1024)}""]}`)],
    ['nested arguments', elevate('{"path":"a","arguments":[["a"]]}')],
    ['a justification that is no text', elevate('{"path":"a","justification":true}')],
    ['a justification that is too long', elevate(`{"path":"a","justification":"${'a'.repeat(4097)}"}`)],
    ['a ticket of another form', elevate('{"path":"a","ticket":"ABC"}')],
    ['a ticket with a line feed', elevate(`{"path":"a","ticket":"${'0'.repeat(32)}\\n"}`)],
    ['wait as a number', elevate('{"path":"a","wait":1}')],
    ['null for nothing', elevate('{"path":"a","ticket":null}')],
    ['a negative number', '{"v":1,"channel":"audit","body":{"after":-1}}'],
    ['a fraction', '{"v":1,"channel":"audit","body":{"after":0.5}}'],
    ['a number beyond all bounds', '{"v":1,"channel":"audit","body":{"after":1e400}}'],
    ['a limit that is too high', '{"v":1,"channel":"audit","body":{"limit":100001}}'],
    ['cancel with something else', '{"v":1,"cancel":true,"channel":"status","body":{}}'],
    ['cancel that is false', '{"v":1,"cancel":false}'],
    ['cancel of another version', '{"v":2,"cancel":true}'],
    ['cancel without a version', '{"cancel":true}'],
    ['deep nesting', '['.repeat(30_000)],
    ['deep nesting of objects', '{"a":'.repeat(10_000)],
    ['deep nesting in place', elevate(`{"path":"a","arguments":[[${'['.repeat(100)}${']'.repeat(100)}]]}`)],
  ])('%s', (_name, message) => {
    const given = typeof message === 'string' ? bytes(message) : message;
    expect(() => parseClientMessage(given)).toThrow(expect.objectContaining({ code: 'EPM_REQUEST_MALFORMED' }));
  });

  it('a message over 64 KiB is not even decoded', () => {
    const text = elevate(`{"path":"${'a'.repeat(MAX_MESSAGE)}"}`);
    expect(() => parseClientMessage(bytes(text))).toThrow(expect.objectContaining({ code: 'EPM_REQUEST_TOO_LARGE' }));
  });

  it('the error names the member', () => {
    expect(() => parseClientMessage(bytes(elevate('{"path":7}')))).toThrow(
      expect.objectContaining({ data: { pointer: '/body/path' } }),
    );
  });

  it('the error names a place of the schema and never the content', () => {
    const error = (() => {
      try {
        parseClientMessage(bytes(elevate('{"path":"a","arguments":[1],"secret":"hunter2"}')));
      } catch (caught) {
        return caught as Error;
      }
      return undefined;
    })();
    expect(error?.message).not.toContain('hunter2');
    expect(error?.message).toContain('/body');
  });
});

describe('messages that are taken', () => {
  it.each([
    { v: 1, channel: 'status', body: {} },
    { v: 1, channel: 'policy', body: {} },
    { v: 1, channel: 'audit', body: { after: 3, limit: 10 } },
    { v: 1, channel: 'test', body: { path: 'C:\\a.exe', arguments: ['ä', ''] } },
    {
      v: 1,
      channel: 'elevate',
      body: { path: 'C:\\a.exe', arguments: [], justification: 'x', ticket: '0'.repeat(32), wait: true },
    },
    { v: 1, cancel: true },
  ] as const)('%j', (message) => {
    expect(parseClientMessage(encodeClientMessage(message))).toEqual(message);
  });

  it('have no prototype that a member name could reach', () => {
    const message = parseClientMessage(bytes('{"v":1,"channel":"status","body":{}}'));
    expect(Object.getPrototypeOf(message)).toBeNull();
  });
});

describe('answers', () => {
  const candidate = (index: number) => ({
    rule: { policyId: 'p', scope: 'device' as const, name: `rule ${index}`, type: 'deny' as const },
    explanation: 'x'.repeat(100),
  });
  const large: TestResult = {
    outcome: 'denied',
    requirements: [],
    file: facts(),
    trace: {
      candidates: Array.from({ length: 5_000 }, (_, index) => candidate(index)),
      nearMisses: [],
      rejected: [],
      wouldChange: [],
    },
    explanation: 'ä'.repeat(100_000),
  };

  it('that are too long are cut, fit, and say so', () => {
    const encoded = encodeAgentMessage('test', { kind: 'result', body: large });
    expect(encoded.length).toBeLessThanOrEqual(MAX_MESSAGE);
    const { body } = JSON.parse(Buffer.from(encoded).toString()) as { body: TestResult };
    expect(body.truncated).toBe(true);
    expect(body.trace.candidates.length).toBeGreaterThan(10);
    expect(body.explanation).toContain('too long');
  });

  it('policies and records too', () => {
    const rules = Array.from({ length: 2_000 }, (_, index) => ({
      policyId: 'p',
      scope: 'device',
      name: `r${index}`,
      type: 'deny',
      state: 'active',
      reasons: [],
    }));
    const policy = {
      kind: 'result',
      body: { digest: '', since: '', settings: {}, rules } as unknown as PolicyReport,
    } as const;
    expect(JSON.parse(Buffer.from(encodeAgentMessage('policy', policy)).toString())).toMatchObject({
      body: { truncated: true },
    });
    const [rule] = rules;
    const long = { ...policy, body: { ...policy.body, rules: [{ ...rule, arguments: ['€'.repeat(32_000)] }] } };
    const only = JSON.parse(Buffer.from(encodeAgentMessage('policy', long as typeof policy)).toString()) as {
      body: PolicyReport;
    };
    expect(only.body).not.toHaveProperty('truncated');
    expect(only.body.rules).toEqual([{ ...rule, truncated: true }]);
    const record = {
      event: 'elevationEnded',
      filePath: 'ä'.repeat(32_000),
      arguments: ['ä'.repeat(30_000)],
      recordHash: 'h',
    };
    const message = { kind: 'event', body: { record } } as unknown as AgentMessage<'audit'>;
    const encoded = encodeAgentMessage('audit', message);
    expect(encoded.length).toBeLessThanOrEqual(MAX_MESSAGE);
    expect(JSON.parse(Buffer.from(encoded).toString())).toMatchObject({
      body: { truncated: true, record: { recordHash: 'h' } },
    });
  });

  it('of a status name as many users with a faulty policy as fit, and count the others', () => {
    const fault = (index: number): StatusWarning => ({
      code: 'otherUserPolicyFault',
      message: `The policy of the user S-1-5-21-${index} cannot be used (EPM_POLICY_INVALID): ${'x'.repeat(200)}`,
      hint: 'Correct the keys.',
    });
    const gap: StatusWarning = { code: 'auditIncomplete', message: 'One record is missing.', hint: 'Make room.' };
    const warnings = [...Array.from({ length: 1_000 }, (_, index) => fault(index)), gap];
    const encoded = encodeAgentMessage('status', { kind: 'result', body: { warnings } as unknown as StatusReport });
    expect(encoded.length).toBeLessThanOrEqual(MAX_MESSAGE);
    const { body } = JSON.parse(Buffer.from(encoded).toString()) as { body: StatusReport };
    const named = body.warnings.filter(({ code }) => code === 'otherUserPolicyFault').length;
    expect(named).toBeGreaterThan(100);
    expect(body.warnings).toContainEqual(gap);
    expect(body.warnings.at(-1)).toMatchObject({ code: 'moreUserPolicyFaults', data: { users: 1_000 - named } });
  });

  it('that are short enough are not touched', () => {
    const small = { ...large, trace: { ...large.trace, candidates: [] }, explanation: 'short' };
    expect(JSON.parse(Buffer.from(encodeAgentMessage('test', { kind: 'result', body: small })).toString())).toEqual({
      kind: 'result',
      body: JSON.parse(JSON.stringify(small)),
    });
  });

  it('a request that is too long is an error of the client', () => {
    const message = { v: 1, channel: 'test', body: { path: 'a'.repeat(70_000) } } as const;
    expect(() => encodeClientMessage(message)).toThrow(expect.objectContaining({ code: 'EPM_REQUEST_TOO_LARGE' }));
  });
});
