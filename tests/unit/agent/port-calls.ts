import type { AgentPorts } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { FakeMachine } from './fake-machine.ts';

/** Counts every call of every port, of what they return, and of nothing else; lets one call fail. */
export class PortCalls {
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
    const isObject = [
      'opener.open',
      'opener.open.copy',
      'accounts.create',
      'logons.logOn',
      'profiles.load',
      'starter.start',
    ].includes(label);
    return isObject && typeof value === 'object' ? this.wrap(value as object, label) : value;
  }

  of(machine: FakeMachine): AgentPorts {
    const entries = Object.entries(machine.ports()).map(([name, port]) => [name, this.wrap(port as object, name)]);
    return Object.fromEntries(entries) as AgentPorts;
  }
}
