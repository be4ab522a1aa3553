/** Declarations of epmnative.dll; its header native/include/epmnative.h describes every function. */
import { EpmError } from '../../model/errors.ts';
import type { Koffi } from './koffi.ts';

type Out = [number];
type Done = (error: unknown, result: number) => void;

/** A function that writes a JSON text to a buffer. */
type WritesJson<A extends readonly unknown[]> = (
  ...args: [...A, out: Uint8Array, capacity: number, length: Out]
) => number;

/** The same on a worker thread: it may take seconds. */
interface WritesJsonLater<A extends readonly unknown[]> {
  async(...args: [...A, out: Uint8Array, capacity: number, length: Out, done: Done]): void;
}

/**
 * Structures of the interface, by the names of the header. The types follow from them, and a test compares them with the
 * header.
 */
export const NATIVE_STRUCTURES = {
  epm_pipe_options: {
    name: 'str16',
    sddl: 'str16',
    max_message: 'uint32_t',
    max_connections: 'uint32_t',
    max_connections_user: 'uint32_t',
    first_message_ms: 'uint32_t',
  },
  epm_account: {
    domain_name: 'str16',
    domain_sid: 'str16',
    account_name: 'str16',
    account_sid: 'str16',
    group_name: 'str16',
    group_sid: 'str16',
    logon_sid: 'str16',
    session: 'uint32_t',
    logon_type: 'uint32_t',
    remove_privileges: 'str16',
    default_dacl: 'str16',
    owner_sid: 'str16',
    request_id: 'str16',
    administrator: 'uint32_t',
  },
  epm_start: {
    broker: 'uint32_t',
    judge: 'uint32_t',
    token: 'uint32_t',
    path: 'str16',
    command_line: 'str16',
    // A block with NUL between entries and two at the end.
    environment: 'uint8_t *',
    directory: 'str16',
    process_sddl: 'str16',
    token_sddl: 'str16',
    active_process_limit: 'uint32_t',
    kill_with_agent: 'uint32_t',
    desktop: 'str16',
    show_window: 'uint32_t',
    console: 'uint32_t',
    streams: 'uint32_t',
    input: 'uint8_t *',
    input_length: 'uint32_t',
  },
} as const;

interface MemberTypes {
  readonly str16: string;
  readonly uint32_t: number;
  readonly 'uint8_t *': Uint8Array;
}

type Structures = typeof NATIVE_STRUCTURES;
type NativeStructure<S extends keyof Structures> = {
  readonly [M in keyof Structures[S]]: Structures[S][M] extends keyof MemberTypes
    ? MemberTypes[Structures[S][M]]
    : never;
};

export interface EpmNative {
  epm_abi_version(): number;
  epm_is_wine(): number;
  epm_is_test_build(): number;
  epm_harden_process: WritesJson<[]>;
  epm_process_vitals: WritesJson<[]>;
  epm_watchdog_feed(limit: number, exitCode: number): number;
  epm_event_wait: {
    async(timeout: number, out: Uint8Array, capacity: number, length: Out, done: Done): void;
  };
  epm_event_wake(): number;
  epm_pipe_listen(options: NativeStructure<'epm_pipe_options'>, server: Out): number;
  epm_pipe_stop(server: number): number;
  epm_pipe_caller: WritesJson<[connection: number]>;
  epm_pipe_caller_may(connection: number, object: number, rights: number, allowed: Out): number;
  epm_pipe_requester_token(connection: number, token: Out, out: Uint8Array, capacity: number, length: Out): number;
  epm_session_token(user: string, token: Out, out: Uint8Array, capacity: number, length: Out): number;
  epm_pipe_read(connection: number, out: Uint8Array, capacity: number, length: Out): number;
  epm_pipe_write: { async(connection: number, bytes: Uint8Array, length: number, done: Done): void };
  epm_pipe_close(connection: number): number;
  epm_client_open(name: string, timeout: number, client: Out): number;
  epm_client_write(client: number, bytes: Uint8Array, length: number): number;
  epm_client_read: {
    async(client: number, timeout: number, out: Uint8Array, capacity: number, length: Out, done: Done): void;
  };
  epm_client_close(client: number): number;
  epm_name_map: WritesJson<[domain: string, name: string, sid: string]>;
  epm_name_unmap: WritesJson<[domain: string, name: string, sid: string]>;
  epm_service_right: WritesJson<[account: string, granted: number]>;
  epm_service_right_holders: WritesJson<[]>;
  epm_token_create(
    account: NativeStructure<'epm_account'>,
    token: Out,
    out: Uint8Array,
    capacity: number,
    length: Out,
  ): number;
  epm_user_logon: {
    async(
      authenticationPackage: number,
      buffer: Uint8Array,
      bufferLength: number,
      account: NativeStructure<'epm_account'> | null,
      token: Out,
      out: Uint8Array,
      capacity: number,
      length: Out,
      done: Done,
    ): void;
  };
  epm_user_sid: { async(name: string, out: Uint8Array, capacity: number, length: Out, done: Done): void };
  epm_credential_prompt: {
    async(
      caption: string,
      message: string,
      user: string,
      error: number,
      authenticationPackage: Out,
      out: Uint8Array,
      capacity: number,
      length: Out,
      done: Done,
    ): void;
  };
  epm_shortcut_write: WritesJson<
    [file: string, target: string, values: string, description: string, folder: string, icon: string]
  >;
  epm_shortcut_read: WritesJson<[file: string]>;
  epm_token_facts: WritesJson<[token: number]>;
  epm_token_environment: WritesJson<[token: number]>;
  epm_token_close(token: number): number;
  epm_profile_create: WritesJsonLater<[sid: string, name: string]>;
  epm_profile_load: WritesJsonLater<[token: number, name: string, profile: Out]>;
  epm_profile_unload: WritesJsonLater<[profile: number]>;
  epm_profile_unload_left: WritesJsonLater<[sid: string]>;
  epm_profile_delete: WritesJsonLater<[sid: string]>;
  epm_broker_start: WritesJsonLater<[program: string, broker: Out]>;
  epm_broker_end(broker: number): number;
  epm_process_start: WritesJsonLater<[start: NativeStructure<'epm_start'>, process: Out]>;
  epm_process_facts: WritesJson<[process: number]>;
  epm_process_resume(process: number): number;
  epm_stopped_take: WritesJson<[process: number, stopped: number, image: Out]>;
  epm_stopped_answer(process: number, stopped: number, run: number): number;
  epm_process_terminate(process: number, exitCode: number): number;
  epm_process_release(process: number): number;
  epm_process_output(process: number, stream: number, out: Uint8Array, capacity: number, length: Out): number;
  epm_process_end_streams(process: number): number;
  epm_desktop_make: {
    async(
      holder: string,
      session: number,
      name: string,
      sddl: string,
      shownSeconds: number,
      desktop: Out,
      out: Uint8Array,
      capacity: number,
      length: Out,
      done: Done,
    ): void;
  };
  epm_desktop_show: { async(desktop: number, done: Done): void };
  epm_desktop_state(desktop: number): number;
  epm_desktop_close(desktop: number): number;
  epm_registry_watch(root: number, key: string, watch: Out): number;
  epm_registry_unwatch(watch: number): number;
  epm_registry_values(key: number, first: number, out: Uint8Array, capacity: number, length: Out): number;
  epm_service_run(name: string): number;
  epm_service_facts: WritesJson<[name: string]>;
  epm_service_status(state: number, exitCode: number, waitHint: number): number;
}

const JSON_OUT = '_Out_ uint8_t *out, uint32_t capacity, _Out_ uint32_t *length';

/** Parameters of every function, as koffi reads them; each returns a uint32_t. */
export const NATIVE_FUNCTIONS = {
  epm_abi_version: '',
  epm_is_wine: '',
  epm_is_test_build: '',
  epm_harden_process: JSON_OUT,
  epm_process_vitals: JSON_OUT,
  epm_watchdog_feed: 'uint32_t limit, uint32_t exitCode',
  epm_event_wait: `uint32_t timeout, ${JSON_OUT}`,
  epm_event_wake: '',
  epm_pipe_listen: 'const epm_pipe_options *options, _Out_ uint32_t *server',
  epm_pipe_stop: 'uint32_t server',
  epm_pipe_caller: `uint32_t connection, ${JSON_OUT}`,
  epm_pipe_caller_may: 'uint32_t connection, uint64_t object, uint32_t rights, _Out_ uint32_t *allowed',
  epm_pipe_requester_token: `uint32_t connection, _Out_ uint32_t *token, ${JSON_OUT}`,
  epm_session_token: `str16 user, _Out_ uint32_t *token, ${JSON_OUT}`,
  epm_pipe_read: `uint32_t connection, ${JSON_OUT}`,
  epm_pipe_write: 'uint32_t connection, const uint8_t *bytes, uint32_t length',
  epm_pipe_close: 'uint32_t connection',
  epm_client_open: 'str16 name, uint32_t timeout, _Out_ uint32_t *client',
  epm_client_write: 'uint32_t client, const uint8_t *bytes, uint32_t length',
  epm_client_read: `uint32_t client, uint32_t timeout, ${JSON_OUT}`,
  epm_client_close: 'uint32_t client',
  epm_name_map: `str16 domain, str16 name, str16 sid, ${JSON_OUT}`,
  epm_name_unmap: `str16 domain, str16 name, str16 sid, ${JSON_OUT}`,
  epm_service_right: `str16 account, uint32_t granted, ${JSON_OUT}`,
  epm_service_right_holders: JSON_OUT,
  epm_token_create: `const epm_account *account, _Out_ uint32_t *token, ${JSON_OUT}`,
  epm_user_logon: `uint32_t package, const uint8_t *buffer, uint32_t bufferLength, const epm_account *account, _Out_ uint32_t *token, ${JSON_OUT}`,
  epm_user_sid: `str16 name, ${JSON_OUT}`,
  epm_credential_prompt: `str16 caption, str16 message, str16 user, uint32_t error, _Out_ uint32_t *package, ${JSON_OUT}`,
  epm_shortcut_write: `str16 file, str16 target, str16 arguments, str16 description, str16 folder, str16 icon, ${JSON_OUT}`,
  epm_shortcut_read: `str16 file, ${JSON_OUT}`,
  epm_token_facts: `uint32_t token, ${JSON_OUT}`,
  epm_token_environment: `uint32_t token, ${JSON_OUT}`,
  epm_token_close: 'uint32_t token',
  epm_profile_create: `str16 sid, str16 name, ${JSON_OUT}`,
  epm_profile_load: `uint32_t token, str16 name, _Out_ uint32_t *profile, ${JSON_OUT}`,
  epm_profile_unload: `uint32_t profile, ${JSON_OUT}`,
  epm_profile_unload_left: `str16 sid, ${JSON_OUT}`,
  epm_profile_delete: `str16 sid, ${JSON_OUT}`,
  epm_broker_start: `str16 program, _Out_ uint32_t *broker, ${JSON_OUT}`,
  epm_broker_end: 'uint32_t broker',
  epm_process_start: `const epm_start *start, _Out_ uint32_t *process, ${JSON_OUT}`,
  epm_process_facts: `uint32_t process, ${JSON_OUT}`,
  epm_process_resume: 'uint32_t process',
  epm_stopped_take: `uint32_t process, uint32_t stopped, _Out_ uint64_t *image, ${JSON_OUT}`,
  epm_stopped_answer: 'uint32_t process, uint32_t stopped, uint32_t run',
  epm_process_terminate: 'uint32_t process, uint32_t exitCode',
  epm_process_release: 'uint32_t process',
  epm_process_output: `uint32_t process, uint32_t stream, ${JSON_OUT}`,
  epm_process_end_streams: 'uint32_t process',
  epm_desktop_make: `str16 holder, uint32_t session, str16 name, str16 sddl, uint32_t shownSeconds, _Out_ uint32_t *desktop, ${JSON_OUT}`,
  epm_desktop_show: 'uint32_t desktop',
  epm_desktop_state: 'uint32_t desktop',
  epm_desktop_close: 'uint32_t desktop',
  epm_registry_watch: 'uint32_t root, str16 key, _Out_ uint32_t *watch',
  epm_registry_unwatch: 'uint32_t watch',
  epm_registry_values: `uint64_t key, uint32_t first, ${JSON_OUT}`,
  epm_service_run: 'str16 name',
  epm_service_facts: `str16 name, ${JSON_OUT}`,
  epm_service_status: 'uint32_t state, uint32_t exitCode, uint32_t waitHint',
} as const satisfies Record<keyof EpmNative, string>;

/** EPM_ABI_VERSION of the header these declarations follow. */
const ABI_VERSION = 9;

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
  for (const [name, members] of Object.entries(NATIVE_STRUCTURES)) koffi.struct(name, members);
  try {
    const library = koffi.load(path);
    const functions = Object.entries(NATIVE_FUNCTIONS).map(
      ([name, parameters]) => [name, library.func(`uint32_t ${name}(${parameters})`)] as const,
    );
    return Object.fromEntries(functions) as unknown as EpmNative;
  } catch (cause) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" does not load.`, { cause });
  }
}
