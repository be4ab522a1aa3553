/** The source of policies over a registry in memory. */
import { EpmError } from '../../../src/model/errors.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../src/engine/default-windows-folders.ts';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import type { EventLoop, EventOf } from '../../../src/windows/events/event-loop.ts';
import type { NativeEvent } from '../../../src/windows/events/event.ts';
import { confirmationBy } from '../../../src/windows/policy-source/confirmation.ts';
import type { TrustedFiles } from '../../../src/windows/policy-source/group-policy-files.ts';
import { createPolicySource } from '../../../src/windows/policy-source/policy-source.ts';

import { FakeRegistry } from './fake-registry.ts';

export class FakeWindows {
  readonly registry = new FakeRegistry();
  readonly watched = new Map<number, string>();
  /** Files of Group Policy by path; `loose`: somebody else may change it. */
  readonly files = new Map<string, Uint8Array | 'loose'>();
  readonly #handlers = new Set<(event: EventOf<'registry'>) => void>();
  #next = 0;

  readonly native = {
    epm_registry_watch: (_root: number, key: string, watch: [number]) => {
      this.#next += 1;
      watch[0] = this.#next;
      this.watched.set(this.#next, key);
      return 0;
    },
    epm_registry_unwatch: (watch: number) => (this.watched.delete(watch) ? 0 : 6),
  } as unknown as EpmNative;

  readonly events: EventLoop = {
    on: <K extends NativeEvent['kind']>(_kind: K, handler: (event: EventOf<K>) => void) => {
      const entry = handler as unknown as (event: EventOf<'registry'>) => void;
      this.#handlers.add(entry);
      return () => this.#handlers.delete(entry);
    },
    stop: () => Promise.resolve(),
  };

  readonly trustedFiles: TrustedFiles = {
    read: (path) => {
      const file = this.files.get(path);
      if (file === 'loose') throw new EpmError('EPM_POLICY_UNREADABLE', 'Somebody else may change it.');
      return file;
    },
    folders: (path) => [
      ...new Set(
        [...this.files.keys()].flatMap((file) =>
          file.startsWith(`${path}\\`) ? [file.slice(path.length + 1).split('\\')[0] ?? ''] : [],
        ),
      ),
    ],
  };

  readonly source = createPolicySource(
    { advapi32: this.registry.advapi32, native: { ...this.native, ...this.registry.native } },
    this.events,
    confirmationBy(this.registry, this.trustedFiles, DEFAULT_WINDOWS_FOLDERS),
  );

  async policies(): Promise<readonly PolicyDocument[]> {
    return (await this.source.read()).flatMap((reading) => ('policies' in reading ? reading.policies : []));
  }

  async faults(): Promise<ReadonlyMap<string, EpmError>> {
    const faults = (await this.source.read()).flatMap(({ scope, ...reading }) =>
      'fault' in reading ? [[scope.kind === 'device' ? 'device' : scope.sid, reading.fault] as const] : [],
    );
    return new Map(faults);
  }

  fire(key: string): void {
    const watch = [...this.watched].find(([, name]) => name === key)?.[0] ?? 0;
    for (const handler of this.#handlers) handler({ kind: 'registry', watch });
  }
}
