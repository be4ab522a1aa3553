/** The options of Windows over the life of an agent, with policies that change. */
import { describe, expect, it } from 'vitest';
import type { AuditTrail } from '../../../../src/agent/audit-trail.ts';
import { debuggerValue } from '../../../../src/agent/launch/image-options.ts';
import { Interception } from '../../../../src/agent/launch/interception.ts';
import type { Enablement } from '../../../../src/agent/enablement.ts';
import type { PolicyInForce } from '../../../../src/agent/policy-in-force.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import { compile } from '../../../../src/engine/index.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import { eventually } from '../../../eventually.ts';
import { MemoryOptions } from './memory-options.ts';

const LAUNCHER = 'C:\\Program Files\\EPM\\epmlaunch.exe';
const ENABLED = { now: true, detects: false } as Enablement;
const MANY = Array.from({ length: 200 }, (_, number) => `program${number}.exe`);

function policy(...names: readonly string[]): PolicyInForce {
  const rules = names.map(
    (fileName) => ({ name: fileName, type: 'automatic', fileHash: 'ab'.repeat(32), fileName }) as unknown as RuleInput,
  );
  const compiled = compile([{ id: 'p', scope: { kind: 'device' }, rules, rejected: [], settings: { enabled: true } }], {
    machine: DEFAULT_WINDOWS_FOLDERS,
  });
  const approvals = { approverKeys: [], revocations: [], roles: [], notifications: [], grants: [] };
  return { compiled, documents: [], approvals, withheld: new Set(), digest: '', since: 0 };
}

function intercepted() {
  const options = new MemoryOptions();
  const told: unknown[] = [];
  const trail = { appendBestEffort: (entry: unknown) => void told.push(entry) } as unknown as AuditTrail;
  const log = { write: () => undefined };
  const ports = { options, launcher: LAUNCHER, folders: DEFAULT_WINDOWS_FOLDERS, trail, log };
  const seen = () => [...new Set(options.all().map(({ name }) => name))].toSorted();
  return { options, told, seen, interception: new Interception(ports), next: () => new Interception(ports) };
}

describe('the options of Windows follow policy', () => {
  it('name by name: those that a change concerns come first, then the others', async () => {
    const { interception, options, seen } = intercepted();
    interception.update(policy(...MANY), ENABLED);
    await eventually(() => expect(seen()).toEqual(MANY.toSorted()));
    options.reads.length = 0;
    interception.update(policy(...MANY.slice(1), 'new.exe'), ENABLED);
    expect(options.reads[0]).toEqual(expect.arrayContaining(['program0.exe', 'new.exe']));
    expect(seen()).toEqual([...MANY.slice(1), 'new.exe'].toSorted());
    await eventually(() => expect(new Set(options.reads.flat())).toEqual(new Set([...MANY, 'new.exe'])));
  });

  it('also where something else has changed them meanwhile', async () => {
    const { interception, options } = intercepted();
    interception.update(policy('one.exe', 'two.exe'), ENABLED);
    options.put('one.exe', { debugger: 'other.exe' });
    options.put('two.exe', { debugger: undefined });
    interception.update(policy('one.exe', 'two.exe'), ENABLED);
    expect(interception.left).toEqual([{ name: 'one.exe', reason: 'foreignDebugger' }]);
    expect(options.of('two.exe')?.debugger).toBe(debuggerValue(LAUNCHER, 'two.exe'));
  });

  it('with turns for other work between names, and the newest policy wins', async () => {
    const { interception, seen } = intercepted();
    interception.update(policy(...MANY), ENABLED);
    const first = seen().length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(MANY.length / 2);
    interception.update(policy('last.exe'), ENABLED);
    await eventually(() => expect(seen()).toEqual(['last.exe']));
  });

  it('are cleared of what an agent has left that was ended', async () => {
    const { interception, next, seen } = intercepted();
    interception.update(policy(...MANY), ENABLED);
    await eventually(() => expect(seen()).toHaveLength(MANY.length));
    next().update(policy('one.exe'), ENABLED);
    await eventually(() => expect(seen()).toEqual(['one.exe']));
  });

  it('are all gone when the agent has stopped, also in the middle of a change', () => {
    const { interception, seen } = intercepted();
    interception.update(policy(...MANY), ENABLED);
    interception.removeAll();
    expect(seen()).toEqual([]);
  });

  it('leave one name out for a moment, and look at no other for it', () => {
    const { interception, options, seen } = intercepted();
    interception.update(policy('one.exe', 'two.exe'), ENABLED);
    options.reads.length = 0;
    const again = interception.lift('ONE.exe');
    expect(seen()).toEqual(['two.exe']);
    again();
    expect(seen()).toEqual(['one.exe', 'two.exe']);
    expect(options.of('one.exe')?.debugger).toBe(debuggerValue(LAUNCHER, 'one.exe'));
    expect(new Set(options.reads.flat())).toEqual(new Set(['ONE.exe']));
  });

  it('are tried again with the next policy where they failed or were taken', () => {
    const { interception, options, told } = intercepted();
    options.put('taken.exe', { debugger: 'other.exe' });
    options.failAt = 0;
    interception.update(policy('failed.exe', 'taken.exe'), ENABLED);
    expect(interception.fault).toBeDefined();
    options.failAt = undefined;
    interception.update(policy('failed.exe', 'taken.exe'), ENABLED);
    expect(interception.fault).toBeUndefined();
    expect(interception.left).toEqual([{ name: 'taken.exe', reason: 'foreignDebugger' }]);
    expect(told).toHaveLength(1);
    options.put('taken.exe', { debugger: debuggerValue(LAUNCHER, 'taken.exe') });
    interception.update(policy('failed.exe', 'taken.exe'), ENABLED);
    expect(interception.left).toEqual([]);
  });
});
