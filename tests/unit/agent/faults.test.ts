import { expect, it } from 'vitest';
import { createAgent, type AgentPorts } from '../../../src/agent/index.ts';
import { verifyJournal } from '../../../src/audit/verify.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { caller, context, SETUP, FakeMachine } from './fake-machine.ts';

/** Counts every call of every port, of what they return, and of nothing else; lets one call fail. */
class Faults {
  calls: string[] = [];
  failAt = Number.POSITIVE_INFINITY;
  error: () => unknown = () => new EpmError('EPM_WINDOWS_API', 'A Windows function failed.');

  wrap<T extends object>(target: T, name: string): T {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]): unknown => {
          const label = `${name}.${String(property)}`;
          this.calls.push(label);
          if (this.calls.length === this.failAt) throw this.error();
          const result: unknown = Reflect.apply(value, object, values);
          return result instanceof Promise
            ? result.then((settled: unknown) => this.#wrapResult(settled, label))
            : result;
        };
      },
    });
  }

  #wrapResult(value: unknown, label: string): unknown {
    const isObject = ['opener.open', 'accounts.create', 'starter.start'].includes(label);
    return isObject ? this.wrap(value as object, label) : value;
  }

  ports(machine: FakeMachine): AgentPorts {
    const entries = Object.entries(machine.ports()).map(([name, port]) => [name, this.wrap(port as object, name)]);
    return Object.fromEntries(entries) as AgentPorts;
  }
}

async function elevateOnce(failAt: number, error?: () => unknown) {
  const machine = new FakeMachine().withRule();
  const faults = new Faults();
  if (error !== undefined) faults.error = error;
  const agent = await createAgent(faults.ports(machine), { version: '1', processId: 1 });
  faults.calls = [];
  faults.failAt = failAt;
  const result = await agent.elevate(caller(), { path: SETUP, arguments: ['/quiet'] }, context().value).then(
    (value) => value.outcome,
    (caught: unknown) => caught,
  );
  faults.failAt = Number.POSITIVE_INFINITY;
  return { machine, agent, faults, result };
}

it('every port call of an elevation fails in turn: nothing runs unrecorded, nothing leaks, the agent lives', async () => {
  const clean = await elevateOnce(Number.POSITIVE_INFINITY);
  expect(clean.result).toBe('started');
  const { calls } = clean.faults;
  const resumeCall = calls.indexOf('starter.start.resume') + 1;
  expect(resumeCall).toBeGreaterThan(10);
  for (const foreign of [undefined, () => new TypeError('C:\\secret\\path')]) {
    for (let failAt = 1; failAt <= calls.length; failAt++) {
      const { machine, agent, faults, result } = await elevateOnce(failAt, foreign);
      const at = `call ${failAt}, ${faults.calls[failAt - 1] ?? '?'}`;
      const ran = machine.processes.some(({ resumed }) => resumed);
      expect(ran, at).toBe(result === 'started');
      if (ran) expect(machine.events(), at).toContain('elevationStarting');
      else
        for (const process of machine.processes)
          expect(process, at).toMatchObject({ released: true, terminatedWith: 0xc0000022 });
      if (failAt <= resumeCall && !faults.calls[failAt - 1]?.startsWith('log.')) {
        const harmless = ['machine.accountName', 'machine.profileFolder'];
        if (!harmless.includes(faults.calls[failAt - 1] ?? '')) expect(ran, at).toBe(false);
      }
      expect(await verifyJournal(machine.journal), at).toMatchObject({ ok: true, unfinishedBytes: 0 });
      const leaked = machine.openHandles - (ran ? 1 : 0);
      const closing = /\.(?:close|release)$/.test(faults.calls[failAt - 1] ?? '');
      expect(leaked, at).toBe(closing ? 1 : 0);
      // The next request is served as if nothing had been.
      const next = await agent.elevate(caller(), { path: SETUP }, context().value);
      expect(next.outcome, at).toBe('started');
      await agent.stop();
    }
  }
});
