/**
 * A small MDM client for tests: it takes SyncML as a device does and turns it into registry changes, with the
 * documented rules of ADMX ingestion and ADMX-backed policies, so that a policy can be delivered the way Intune
 * delivers it. It remembers what each policy wrote, so that a Delete removes exactly that.
 *
 * Sources: "Win32 and Desktop Bridge app policy configuration", "Understanding ADMX policies", "Policy CSP" and "OMA DM
 * protocol support" in the Windows client management documentation.
 */
import { isEpmError } from '../../src/model/errors.ts';
import { sameRegistryName } from '../../src/policy/registry/registry-snapshot.ts';
import { PayloadError } from '../../src/policy/formats/mdm/admx-payload.ts';
import { readSyncMl, type SyncCommand, type SyncItem } from '../../src/policy/formats/mdm/syncml-message.ts';
import { IngestError, readAdmx, type PolicyDefinition } from './admx-model.ts';
import { policyWrites, type PolicyWrite } from './payload.ts';
import type { Hive, RegistryOperation } from './registry.ts';

export interface SyncStatus {
  readonly id: string;
  readonly verb: SyncCommand['verb'];
  readonly uri: string;
  /** SyncML status code. */
  readonly status: number;
  /** Result of a Get. */
  readonly data?: string;
}

interface SetPolicy {
  readonly data: string;
  readonly hive: Hive;
  readonly writes: readonly PolicyWrite[];
  /** What Windows keeps of it in HKEY_LOCAL_MACHINE. */
  readonly record: readonly PolicyWrite[];
}

interface State {
  /** Ingested files by `app/type/identifier`. */
  readonly files: ReadonlyMap<string, string>;
  /** Policies by `area/policy` of ingested files. */
  readonly policies: ReadonlyMap<string, { readonly app: string; readonly definition: PolicyDefinition }>;
  /** Set policies by scope and `area/policy`. */
  readonly set: ReadonlyMap<string, SetPolicy>;
}

/** Ends a command with a status other than success. */
class StatusError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`Status ${status}.`);
    this.status = status;
  }
}

/** The enrollment that the client's server belongs to. */
export const ENROLLMENT = '5E8A7B3C-0D1F-4A2B-9C3D-4E5F60718293';
const MANAGER = 'SOFTWARE\\Microsoft\\PolicyManager';

/**
 * The record of the Policy CSP: the payload below the server's own key and below `current`, with the server that won.
 * Public scripts that audit devices read both, for ingested areas too.
 */
function recordOf(scope: string, name: string, data: string): readonly PolicyWrite[] {
  const [area = '', policy = ''] = name.split('/');
  const current = `${MANAGER}\\current\\${scope}\\${area}`;
  const text = (valueName: string, value: string) => ({ name: valueName, type: 'REG_SZ' as const, data: value });
  return [
    { key: `${MANAGER}\\providers\\${ENROLLMENT}\\default\\${scope}\\${area}`, value: text(policy, data) },
    { key: current, value: text(policy, data) },
    { key: current, value: text(`${policy}_WinningProvider`, ENROLLMENT) },
  ];
}

export class MdmClient {
  readonly #userSid: Hive;
  readonly #inbox = new Map<string, PolicyDefinition>();
  #state: State = { files: new Map(), policies: new Map(), set: new Map() };

  /** @param userSid SID of the user whom `./User` addresses mean. */
  constructor(userSid: Hive) {
    this.#userSid = userSid;
  }

  /** A client in the same state, which goes its own way from here. */
  copy(): MdmClient {
    const copy = new MdmClient(this.#userSid);
    for (const [name, definition] of this.#inbox) copy.#inbox.set(name, definition);
    copy.#state = this.#state;
    return copy;
  }

  /** Makes the policies of one of Windows' own ADMX files known under an area of the Policy CSP. */
  addInboxArea(area: string, admx: string): void {
    for (const definition of readAdmx(admx, false)) this.#inbox.set(`${area}/${definition.name}`, definition);
  }

  /**
   * Carries a message out.
   * @returns the status of every command, the changes that they made to the keys of policies, in order, and those of the
   *   record that Windows keeps
   */
  receive(syncMl: string): {
    readonly statuses: readonly SyncStatus[];
    readonly operations: readonly RegistryOperation[];
    readonly records: readonly RegistryOperation[];
  } {
    const before = this.#state.set;
    const statuses: SyncStatus[] = [];
    const operations: RegistryOperation[] = [];
    for (const command of readSyncMl(syncMl)) this.#run(command, statuses, operations);
    return { statuses, operations, records: difference(recordsOf(before), recordsOf(this.#state.set)) };
  }

  #run(command: SyncCommand, statuses: SyncStatus[], operations: RegistryOperation[]): void {
    if (command.verb === 'Atomic') return this.#runAtomic(command, statuses, operations);
    if (command.verb === 'Sequence') {
      statuses.push({ id: command.id, verb: command.verb, uri: '', status: 200 });
      for (const inner of command.commands) this.#run(inner, statuses, operations);
      return;
    }
    for (const item of command.items) statuses.push(this.#runItem(command, item, operations));
    if (command.items.length === 0) statuses.push({ id: command.id, verb: command.verb, uri: '', status: 400 });
  }

  /** All or nothing: the first failure undoes what came before (216) and leaves out what comes after (215). */
  #runAtomic(command: SyncCommand, statuses: SyncStatus[], operations: RegistryOperation[]): void {
    const before = this.#state;
    const done: RegistryOperation[] = [];
    const inner: SyncStatus[] = [];
    const added = new Set<string>();
    let failed = false;
    for (const child of command.commands) {
      for (const item of child.items.length === 0 ? [{ uri: '', format: '', data: '' }] : child.items) {
        if (failed) {
          inner.push({ id: child.id, verb: child.verb, uri: item.uri, status: 215 });
          continue;
        }
        const forbidden = child.verb === 'Atomic' || child.verb === 'Sequence' || child.verb === 'Get';
        const status =
          forbidden || (child.verb === 'Replace' && added.has(item.uri))
            ? { id: child.id, verb: child.verb, uri: item.uri, status: 500 }
            : this.#runItem(child, item, done);
        if (child.verb === 'Add') added.add(item.uri);
        failed = status.status >= 300;
        inner.push(status);
      }
    }
    statuses.push({ id: command.id, verb: command.verb, uri: '', status: failed ? 507 : 200 });
    statuses.push(...inner.map((status) => (failed && status.status === 200 ? { ...status, status: 216 } : status)));
    if (failed) this.#state = before;
    else operations.push(...done);
  }

  #runItem(command: SyncCommand, item: SyncItem, operations: RegistryOperation[]): SyncStatus {
    const status = { id: command.id, verb: command.verb, uri: item.uri };
    const before = this.#state;
    try {
      const result = this.#dispatch(command.verb, item);
      operations.push(...difference(before.set, this.#state.set));
      return { ...status, status: 200, ...(result === undefined ? {} : { data: result }) };
    } catch (error) {
      this.#state = before;
      if (error instanceof StatusError) return { ...status, status: error.status };
      if (error instanceof PayloadError || isEpmError(error)) return { ...status, status: 400 };
      if (error instanceof IngestError) return { ...status, status: 500 };
      throw error;
    }
  }

  #dispatch(verb: SyncCommand['verb'], item: SyncItem): string | undefined {
    if (item.format !== 'chr' && item.format !== 'xml' && verb !== 'Delete' && verb !== 'Get')
      throw new StatusError(415);
    const address =
      /^\.\/(?:(Device|User)\/)?Vendor\/MSFT\/Policy\/(ConfigOperations\/ADMXInstall|Config|Result)\/(.+)$/.exec(
        item.uri,
      );
    const rest = address?.[3]?.split('/') ?? [];
    const scope = address?.[1] ?? 'Device';
    if (address === null) throw new StatusError(404);
    if (address[2] === 'Result') {
      if (verb !== 'Get') throw new StatusError(405);
      return this.#dispatchPolicy('Get', scope, rest, item.data);
    }
    return address[2] === 'Config'
      ? this.#dispatchPolicy(verb, scope, rest, item.data)
      : this.#dispatchInstall(verb, rest, item.data);
  }

  #dispatchInstall(verb: SyncCommand['verb'], path: readonly string[], admx: string): string | undefined {
    const [app = '', type = ''] = path;
    const id = path.join('/');
    if (path.length === 1 && verb === 'Delete') return this.#uninstall(app);
    if (path.length !== 3 || (type !== 'Policy' && type !== 'Preference')) throw new StatusError(404);
    switch (verb) {
      case 'Get': {
        const file = this.#state.files.get(id);
        if (file === undefined) throw new StatusError(404);
        return file;
      }
      case 'Add':
        if (this.#state.files.has(id)) throw new StatusError(418);
        return this.#install(app, type, id, admx);
      case 'Replace':
        return this.#install(app, type, id, admx);
      default:
        throw new StatusError(405);
    }
  }

  #install(app: string, type: string, id: string, admx: string): undefined {
    const policies = new Map(this.#state.policies);
    for (const definition of readAdmx(admx, true)) {
      const area = [app, type, ...definition.categories].join('~');
      policies.set(`${area}/${definition.name}`, { app, definition });
    }
    this.#state = { ...this.#state, policies, files: new Map(this.#state.files).set(id, admx) };
  }

  /** Removes the application's files, what they define, and every policy set from it. */
  #uninstall(app: string): undefined {
    const mine = (key: string): boolean => this.#state.policies.get(key.replace(/^\w+:/, ''))?.app === app;
    const keep = <T>(map: ReadonlyMap<string, T>, drop: (key: string) => boolean): Map<string, T> =>
      new Map([...map].filter(([key]) => !drop(key)));
    const files = keep(this.#state.files, (key) => key.startsWith(`${app}/`));
    if (files.size === this.#state.files.size) throw new StatusError(404);
    this.#state = { files, set: keep(this.#state.set, mine), policies: keep(this.#state.policies, mine) };
  }

  #dispatchPolicy(verb: SyncCommand['verb'], scope: string, path: readonly string[], data: string): string | undefined {
    const name = path.join('/');
    const definition = this.#state.policies.get(name)?.definition ?? this.#inbox.get(name);
    if (definition === undefined || path.length !== 2) throw new StatusError(404);
    if (definition.class !== 'Both' && (definition.class === 'Machine') !== (scope === 'Device'))
      throw new StatusError(405);
    const key = `${scope}:${name}`;
    const current = this.#state.set.get(key);
    switch (verb) {
      case 'Get':
        if (current === undefined) throw new StatusError(404);
        return current.data;
      case 'Add':
        if (current !== undefined) throw new StatusError(418);
        return this.#set(key, scope, definition, data);
      case 'Replace':
        return this.#set(key, scope, definition, data);
      case 'Delete': {
        if (current === undefined) throw new StatusError(404);
        const set = new Map(this.#state.set);
        set.delete(key);
        this.#state = { ...this.#state, set };
        return undefined;
      }
      default:
        throw new StatusError(405);
    }
  }

  #set(key: string, scope: string, definition: PolicyDefinition, data: string): undefined {
    const hive = scope === 'Device' ? 'HKLM' : this.#userSid;
    const writes = policyWrites(definition, data);
    const scopeName = scope === 'Device' ? 'device' : this.#userSid;
    const entry = { data, hive, writes, record: recordOf(scopeName, key.slice(key.indexOf(':') + 1), data) };
    this.#state = { ...this.#state, set: new Map(this.#state.set).set(key, entry) };
  }
}

function recordsOf(set: ReadonlyMap<string, SetPolicy>): ReadonlyMap<string, Changed> {
  return new Map([...set].map(([key, { record }]) => [key, { hive: 'HKLM', writes: record }]));
}

type Changed = Pick<SetPolicy, 'hive' | 'writes'>;

/** Registry changes between two sets of policies: first what goes, then what is written. */
function difference(
  before: ReadonlyMap<string, Changed>,
  after: ReadonlyMap<string, Changed>,
): readonly RegistryOperation[] {
  const operations: RegistryOperation[] = [];
  for (const [key, { hive, writes }] of before) {
    const next = after.get(key);
    if (next?.writes === writes) continue;
    for (const write of writes) {
      if (next?.writes.some((other) => sameWrite(other, write)) === true) continue;
      operations.push({ kind: 'delete', hive, key: write.key, name: write.value.name });
    }
  }
  for (const [key, { hive, writes }] of after) {
    if (before.get(key)?.writes === writes) continue;
    operations.push(...writes.map((write) => ({ kind: 'set' as const, hive, ...write })));
  }
  return operations;
}

function sameWrite(left: PolicyWrite, right: PolicyWrite): boolean {
  return sameRegistryName(left.key, right.key) && sameRegistryName(left.value.name, right.value.name);
}
