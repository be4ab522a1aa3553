/** Declarations of epmnative.dll; its header native/include/epmnative.h describes every function. */
import { EpmError } from '../../model/errors.ts';
import type { Koffi } from './koffi.ts';

type Out = [number];
type Done = (error: unknown, result: number) => void;

/** A function that writes a JSON text to a buffer. */
type WritesJson<A extends readonly unknown[]> = (
  ...args: [...A, out: Uint8Array, capacity: number, length: Out]
) => number;

export interface PipeOptions {
  readonly name: string;
  readonly sddl: string;
  readonly max_message: number;
  readonly max_connections: number;
  readonly max_connections_user: number;
  readonly first_message_ms: number;
}

export interface NativeAccount {
  readonly domain_name: string;
  readonly domain_sid: string;
  readonly account_name: string;
  readonly account_sid: string;
  readonly group_name: string;
  readonly group_sid: string;
  readonly logon_sid: string;
  readonly session: number;
  readonly allow_service_logon: number;
  readonly remove_privileges: string;
  readonly default_dacl: string;
  readonly owner_sid: string;
  readonly request_id: string;
}

export interface NativeStart {
  readonly token: number;
  readonly application: string;
  readonly command_line: string;
  /** UTF-16 block with NUL between entries and two at the end. */
  readonly environment: Uint8Array;
  readonly directory: string;
  readonly process_sddl: string;
  readonly active_process_limit: number;
  readonly kill_with_agent: number;
  readonly show_window: number;
}

export interface EpmNative {
  epm_abi_version(): number;
  epm_is_wine(): number;
  epm_is_test_build(): number;
  epm_harden_process: WritesJson<[]>;
  epm_event_wait: {
    async(timeout: number, out: Uint8Array, capacity: number, length: Out, done: Done): void;
  };
  epm_event_wake(): number;
  epm_pipe_listen(options: PipeOptions, server: Out): number;
  epm_pipe_stop(server: number): number;
  epm_pipe_caller: WritesJson<[connection: number]>;
  epm_pipe_read(connection: number, out: Uint8Array, capacity: number, length: Out): number;
  epm_pipe_write: { async(connection: number, bytes: Uint8Array, length: number, done: Done): void };
  epm_pipe_close(connection: number): number;
  epm_client_open(name: string, timeout: number, client: Out): number;
  epm_client_write(client: number, bytes: Uint8Array, length: number): number;
  epm_client_read: {
    async(client: number, timeout: number, out: Uint8Array, capacity: number, length: Out, done: Done): void;
  };
  epm_client_close(client: number): number;
  epm_token_create(account: NativeAccount, token: Out, out: Uint8Array, capacity: number, length: Out): number;
  epm_token_facts: WritesJson<[token: number]>;
  epm_token_environment: WritesJson<[token: number]>;
  epm_token_close(token: number): number;
  epm_process_start(start: NativeStart, process: Out, out: Uint8Array, capacity: number, length: Out): number;
  epm_process_facts: WritesJson<[process: number]>;
  epm_process_resume(process: number): number;
  epm_process_terminate(process: number, exitCode: number): number;
  epm_process_release(process: number): number;
  epm_registry_watch(root: number, key: string, watch: Out): number;
  epm_registry_unwatch(watch: number): number;
  epm_service_run(name: string): number;
  epm_service_status(state: number, exitCode: number, waitHint: number): number;
}

/** EPM_ABI_VERSION of the header these declarations follow. */
const ABI_VERSION = 1;

/**
 * @param path absolute path of epmnative.dll, already checked
 * @throws EpmError EPM_NATIVE_MISSING when the DLL does not load or speaks another version of the interface
 */
export function declareEpmNative(koffi: Koffi, path: string): EpmNative {
  const native = load(koffi, path);
  const version = native.epm_abi_version();
  if (version !== ABI_VERSION) {
    throw new EpmError(
      'EPM_NATIVE_MISSING',
      `"${path}" speaks version ${version} of the interface, not ${ABI_VERSION}.`,
    );
  }
  return native;
}

function load(koffi: Koffi, path: string): EpmNative {
  koffi.struct('epm_pipe_options', {
    name: 'str16',
    sddl: 'str16',
    max_message: 'uint32_t',
    max_connections: 'uint32_t',
    max_connections_user: 'uint32_t',
    first_message_ms: 'uint32_t',
  });
  koffi.struct('epm_account', {
    domain_name: 'str16',
    domain_sid: 'str16',
    account_name: 'str16',
    account_sid: 'str16',
    group_name: 'str16',
    group_sid: 'str16',
    logon_sid: 'str16',
    session: 'uint32_t',
    allow_service_logon: 'uint32_t',
    remove_privileges: 'str16',
    default_dacl: 'str16',
    owner_sid: 'str16',
    request_id: 'str16',
  });
  koffi.struct('epm_start', {
    token: 'uint32_t',
    application: 'str16',
    command_line: 'str16',
    environment: 'uint8_t *',
    directory: 'str16',
    process_sddl: 'str16',
    active_process_limit: 'uint32_t',
    kill_with_agent: 'uint32_t',
    show_window: 'uint32_t',
  });
  const json = '_Out_ uint8_t *out, uint32_t capacity, _Out_ uint32_t *length';
  try {
    const library = koffi.load(path);
    const f = (name: string, parameters: string): never => library.func(`uint32_t ${name}(${parameters})`) as never;
    return {
      epm_abi_version: f('epm_abi_version', ''),
      epm_is_wine: f('epm_is_wine', ''),
      epm_is_test_build: f('epm_is_test_build', ''),
      epm_harden_process: f('epm_harden_process', json),
      epm_event_wait: f('epm_event_wait', `uint32_t timeout, ${json}`),
      epm_event_wake: f('epm_event_wake', ''),
      epm_pipe_listen: f('epm_pipe_listen', 'const epm_pipe_options *options, _Out_ uint32_t *server'),
      epm_pipe_stop: f('epm_pipe_stop', 'uint32_t server'),
      epm_pipe_caller: f('epm_pipe_caller', `uint32_t connection, ${json}`),
      epm_pipe_read: f('epm_pipe_read', `uint32_t connection, ${json}`),
      epm_pipe_write: f('epm_pipe_write', 'uint32_t connection, const uint8_t *bytes, uint32_t length'),
      epm_pipe_close: f('epm_pipe_close', 'uint32_t connection'),
      epm_client_open: f('epm_client_open', 'str16 name, uint32_t timeout, _Out_ uint32_t *client'),
      epm_client_write: f('epm_client_write', 'uint32_t client, const uint8_t *bytes, uint32_t length'),
      epm_client_read: f('epm_client_read', `uint32_t client, uint32_t timeout, ${json}`),
      epm_client_close: f('epm_client_close', 'uint32_t client'),
      epm_token_create: f('epm_token_create', `const epm_account *account, _Out_ uint32_t *token, ${json}`),
      epm_token_facts: f('epm_token_facts', `uint32_t token, ${json}`),
      epm_token_environment: f('epm_token_environment', `uint32_t token, ${json}`),
      epm_token_close: f('epm_token_close', 'uint32_t token'),
      epm_process_start: f('epm_process_start', `const epm_start *start, _Out_ uint32_t *process, ${json}`),
      epm_process_facts: f('epm_process_facts', `uint32_t process, ${json}`),
      epm_process_resume: f('epm_process_resume', 'uint32_t process'),
      epm_process_terminate: f('epm_process_terminate', 'uint32_t process, uint32_t exitCode'),
      epm_process_release: f('epm_process_release', 'uint32_t process'),
      epm_registry_watch: f('epm_registry_watch', 'uint32_t root, str16 key, _Out_ uint32_t *watch'),
      epm_registry_unwatch: f('epm_registry_unwatch', 'uint32_t watch'),
      epm_service_run: f('epm_service_run', 'str16 name'),
      epm_service_status: f('epm_service_status', 'uint32_t state, uint32_t exitCode, uint32_t waitHint'),
    };
  } catch (cause) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" does not load.`, { cause });
  }
}
