// The C interface of epmnative.dll, called by epm.exe through koffi. x64 only.
//
// Conventions
// - A function of type epm_error returns a Win32 error code; 0 is success. The three that cannot fail return a number.
// - Input text is UTF-16, NUL-terminated. Output is UTF-8 JSON (ASCII escapes), written to `out` with its length in
//   bytes in `*length`; ERROR_INSUFFICIENT_BUFFER (122) sets `*length` to the size that is needed.
// - On failure of a function that has an `out`, the text is {"step": "<function that failed>", "win32": n} or
//   {"step": ..., "ntstatus": n}.
// - No handle of this library leaves it: objects are small integers that are never reused in the life of the process.
//   An unknown integer gives ERROR_INVALID_HANDLE (6). Only epm_pipe_caller_may and epm_registry_values
//   take a handle, one of the agent's own, and only epm_stopped_take gives one.
// - Functions may be called from any thread. epm_event_wait, epm_client_*, epm_pipe_write, epm_desktop_make and epm_desktop_show block, each
//   with a limit; epm_user_sid, epm_user_logon and epm_credential_prompt block for as long as Windows, or a person, takes.
// - Structures are read during the call only.
#pragma once

#include <stdint.h>

#if defined(EPMNATIVE_BUILD)
#define EPM_API extern "C" __declspec(dllexport)
#else
#define EPM_API extern "C" __declspec(dllimport)
#endif

#define EPM_ABI_VERSION 9

typedef uint32_t epm_error;

// ---- process ---------------------------------------------------------------------------------------------------

EPM_API uint32_t epm_abi_version(void);

// 1 when ntdll exports wine_get_version.
EPM_API uint32_t epm_is_wine(void);

// 1 when built with EPM_TEST_BED: the token factory of the test bed is used and Wine is accepted.
EPM_API uint32_t epm_is_test_build(void);

// Restricts DLL search to System32 and the application's own directory and sets the mitigation policies of the
// calling process; one of the system is closed to administrators. `out` lists what the system accepted: {"applied": ["dllDirectories", ...], "refused": [...]}.
EPM_API epm_error epm_harden_process(char* out, uint32_t capacity, uint32_t* length);

// What the process uses: {"privateBytes":n,"workingSet":n,"handles":n,"threads":n}.
EPM_API epm_error epm_process_vitals(char* out, uint32_t capacity, uint32_t* length);

// Ends the process with `exit_code` when this is not called again within `limit_ms`; 0 ends the watch. For a main thread
// that does not come back: what it started in jobs ends with the process.
EPM_API epm_error epm_watchdog_feed(uint32_t limit_ms, uint32_t exit_code);

// ---- events ----------------------------------------------------------------------------------------------------

// Waits for the next event of any kind and writes it as one JSON object. WAIT_TIMEOUT (258) after `timeout_ms`.
//
// {"kind":"request","server":s,"connection":c}
//     The first message of a client arrived and its caller was identified.
// {"kind":"message","server":s,"connection":c}
//     A further message of the same client.
// {"kind":"disconnected","server":s,"connection":c}
//     The client is gone, or had to go: a message too large, more than 8 not taken, or a message it did not read within
//     10 s. Messages that came before can still be read; the connection must still be closed.
// {"kind":"refused","server":s,"reason":r,"win32":n,"user":sid}
//     A client was turned away before a request existed. r: tooLarge | timeout | callerUnknown | busy | ioError.
//     user may be "" and is, but for busy after the first message, only the user of the client's process.
//     At most 256 of these wait; more are dropped.
// {"kind":"listener","server":s,"win32":n,"over":bool}
//     An instance of the pipe could not be made to listen; it is tried again. over: nobody listens any more, and the agent
//     must end.
// {"kind":"exit","process":p,"code":n,"time":ms}
//     A started process ended (time: ms since 1970 UTC).
// {"kind":"treeEmpty","process":p}
//     The last process of its job ended.
// {"kind":"stopped","process":p,"stopped":n}
//     A further process of its tree, or a library that one loads, was stopped: see epm_stopped_take.
// {"kind":"unwatched","process":p,"why":"brokerGone"|"unseenProcess"}
//     Its tree was ended because it cannot be watched any more: its broker has gone, or a process was in its job that is
//     not under the debugger of the broker.
// {"kind":"output","process":p}
//     A stream of the process has something to take, or has ended. One event for all that happened since.
// {"kind":"service","control":n}
//     A service control (1 stop, 5 shutdown, ...).
// {"kind":"session","change":n,"session":s}
//     Something happened to a session, for a service: n is a WTS_ value of winuser.h (7 locked, 6 logged off, ...).
// {"kind":"registry","watch":w}
//     Something below a watched key changed; one event for a burst of changes.
// {"kind":"woken"}
//     epm_event_wake was called.
EPM_API epm_error epm_event_wait(uint32_t timeout_ms, char* out, uint32_t capacity, uint32_t* length);
EPM_API epm_error epm_event_wake(void);

// ---- pipe server -----------------------------------------------------------------------------------------------

struct epm_pipe_options {
  const char16_t* name;           // full name, \\.\pipe\...
  const char16_t* sddl;           // security descriptor, set at creation
  uint32_t max_message;           // bytes; a longer message ends the connection (reason tooLarge)
  uint32_t max_connections;       // simultaneous, all users
  uint32_t max_connections_user;  // simultaneous, one user; until the caller is known, by the process of the client
  uint32_t first_message_ms;      // deadline from connection to the end of the first message
};

// Creates the first instance (FILE_FLAG_FIRST_PIPE_INSTANCE, message mode, remote clients rejected) and serves it.
EPM_API epm_error epm_pipe_listen(const epm_pipe_options* options, uint32_t* server);
EPM_API epm_error epm_pipe_stop(uint32_t server);

// Facts of the caller, captured by impersonation after the first message was read:
// {"token":<token facts, see epm_token_facts>,"impersonationLevel":0..3,"processId":n}
EPM_API epm_error epm_pipe_caller(uint32_t connection, char* out, uint32_t capacity, uint32_t* length);
// Whether the caller may do all of `rights` (specific or generic rights of files) with the open file or folder `object`,
// by the token captured then and the object's security descriptor, for which the handle needs READ_CONTROL.
// Privileges do not count. *allowed is 1 only when it is granted; an error means that it is not known.
EPM_API epm_error epm_pipe_caller_may(uint32_t connection, uint64_t object, uint32_t rights, uint32_t* allowed);
// A primary token of whoever is signed in to the session of the caller, for programs in that session: WTSQueryUserToken (the
// test bed takes that of the client's process in Wine). It can be that of somebody else: its facts say.
// `out`, at least 64 bytes: {"factory":"windowsLogon"}.
EPM_API epm_error epm_pipe_requester_token(uint32_t connection, uint32_t* token, char* out, uint32_t capacity,
                                           uint32_t* length);
// A primary token of the user with this SID, from a session that they are at: active and not locked (WTSEnumerateSessions,
// WTSQuerySessionInformation, WTSQueryUserToken; the test bed takes that of a program of the user in Wine).
// `out`, at least 64 bytes: {"found":bool}; token is 0 where they are at none.
EPM_API epm_error epm_session_token(const char16_t* user, uint32_t* token, char* out, uint32_t capacity,
                                    uint32_t* length);
// Takes the oldest message not yet taken. ERROR_NO_DATA (232) when there is none.
EPM_API epm_error epm_pipe_read(uint32_t connection, uint8_t* out, uint32_t capacity, uint32_t* length);
// Queues one message of at most 4 MiB and returns at once. Only while 4 MiB wait already it blocks, and fails with
// ERROR_TIMEOUT (1460) after 10 s. ERROR_BROKEN_PIPE (109): the client is gone.
EPM_API epm_error epm_pipe_write(uint32_t connection, const uint8_t* bytes, uint32_t length);
// What is queued is still sent, within 10 s; then the client reads ERROR_BROKEN_PIPE.
EPM_API epm_error epm_pipe_close(uint32_t connection);

// ---- pipe client -----------------------------------------------------------------------------------------------

// Connects with identification-level quality of service and proves that the server process runs as S-1-5-18.
// ERROR_FILE_NOT_FOUND (2): nobody serves the name. ERROR_INVALID_OWNER (1307): served by somebody else.
EPM_API epm_error epm_client_open(const char16_t* name, uint32_t timeout_ms, uint32_t* client);
EPM_API epm_error epm_client_write(uint32_t client, const uint8_t* bytes, uint32_t length);
// Waits for one whole message. WAIT_TIMEOUT (258), ERROR_BROKEN_PIPE (109).
EPM_API epm_error epm_client_read(uint32_t client, uint32_t timeout_ms, uint8_t* out, uint32_t capacity,
                                  uint32_t* length);
EPM_API epm_error epm_client_close(uint32_t client);

// ---- tokens ----------------------------------------------------------------------------------------------------

// What the core computed for one elevation; the factory makes a token to this description and nothing else.
struct epm_account {
  const char16_t* domain_name;  // of the virtual accounts, for the LSA name mapping
  const char16_t* domain_sid;   // S-1-5-x
  const char16_t* account_name;
  const char16_t* account_sid;  // S-1-5-x-a-b-c-d-e
  const char16_t* group_name;   // marker group
  const char16_t* group_sid;    // S-1-5-x-0
  const char16_t* logon_sid;    // the requester's, S-1-5-5-h-l; passed first
  uint32_t session;
  uint32_t logon_type;                // LOGON32_LOGON_INTERACTIVE 2 or LOGON32_LOGON_SERVICE 5
  const char16_t* remove_privileges;  // names joined by commas; removed, not disabled
  const char16_t* default_dacl;       // SDDL of the token's default DACL
  const char16_t* owner_sid;
  const char16_t* request_id;  // value of the token's security attribute EPM://request
  uint32_t administrator;      // 1: a full administrator; 0: without administrator rights, and with medium integrity
};

// Gives a name to the SID of an isolated account, of their marker group, or (name "") of their domain, and proves that
// name and SID belong together. `out`: {"added":bool}; false when they did before. ERROR_ALREADY_EXISTS (183): the name
// or the SID is somebody else's. Every other error says nothing about that. The name stays in LSASS until it is taken back or the machine restarts.
EPM_API epm_error epm_name_map(const char16_t* domain, const char16_t* name, const char16_t* sid, char* out,
                               uint32_t capacity, uint32_t* length);
// Takes a name back that belongs to the SID. `out`: {"removed":bool}; false when there is none, or it is another SID's.
EPM_API epm_error epm_name_unmap(const char16_t* domain, const char16_t* name, const char16_t* sid, char* out,
                                 uint32_t capacity, uint32_t* length);
// Gives SeServiceLogonRight to an isolated account (granted 1) or takes it (0), and proves it. `out`: {"changed":bool}.
EPM_API epm_error epm_service_right(const char16_t* account, uint32_t granted, char* out, uint32_t capacity,
                                    uint32_t* length);
// SIDs of all accounts that have SeServiceLogonRight: {"accounts":[sid, ...]}.
EPM_API epm_error epm_service_right_holders(char* out, uint32_t capacity, uint32_t* length);

// Makes the token of an account that has its names, by the factory of this build (production: LogonUserExExW, linked
// token; test bed: NtCreateToken). `out` on success: {"factory":"virtualAccount"|"testBed"}.
EPM_API epm_error epm_token_create(const epm_account* account, uint32_t* token, char* out, uint32_t capacity,
                                   uint32_t* length);

// Logs a person on by LsaLogonUser (the test bed compares with a table of its own), interactively.
// package: number of the authentication package, 0xffffffff for Negotiate. buffer: as that package takes it.
// account: the full token that is wanted, of that very account; the names in it are not used. Null: a token as at sign-in.
// `out`, at least 256 bytes: {"factory":"windowsLogon"|"testBed","package":s,"logonType":SECURITY_LOGON_TYPE|null}, or,
// with *token 0, why it was refused: {"otherUser":bool,"status":NTSTATUS,"substatus":NTSTATUS}; otherUser: the credential
// is good and not that of the account.
// An error means that nobody was asked, or that the token could not be made.
EPM_API epm_error epm_user_logon(uint32_t package, const uint8_t* buffer, uint32_t buffer_length,
                                 const epm_account* account, uint32_t* token, char* out, uint32_t capacity,
                                 uint32_t* length);
// {"sid":s}: the user of a name, DOMAIN\name or name; "" when there is none.
EPM_API epm_error epm_user_sid(const char16_t* name, char* out, uint32_t capacity, uint32_t* length);
// Shows the credential dialog of Windows in the session of the calling process. `error` is what the answer before failed
// with, such as ERROR_LOGON_FAILURE (1326), which the dialog shows in Windows' words; 0: it is shown for the first time.
// `out` gets the packed credential, which the caller overwrites after use; *package the authentication package that it is for.
// ERROR_CANCELLED (1223): the person closed the dialog. Other errors: it cannot be shown here.
EPM_API epm_error epm_credential_prompt(const char16_t* caption, const char16_t* message, const char16_t* user,
                                        uint32_t error, uint32_t* package, uint8_t* out, uint32_t capacity,
                                        uint32_t* length);

// Shortcuts, by the shell of Windows: {"target":s,"arguments":s,"description":s,"folder":s,"icon":s}. Writing replaces a file of
// the name, and answers what is read back.
EPM_API epm_error epm_shortcut_write(const char16_t* file, const char16_t* target, const char16_t* arguments,
                                     const char16_t* description, const char16_t* folder, const char16_t* icon,
                                     char* out, uint32_t capacity, uint32_t* length);
EPM_API epm_error epm_shortcut_read(const char16_t* file, char* out, uint32_t capacity, uint32_t* length);

// {"user":sid,"groups":[{"sid":s,"attributes":n}],"privileges":[{"name":s,"attributes":n}],"integrity":rid,
//  "session":n,"type":"primary"|"impersonation","elevated":bool,"elevationType":1..3,"authenticationId":"hex16",
//  "logonSid":sid|"","owner":sid,"primaryGroup":sid,"defaultDacl":sddl|"","appContainer":bool,"restricted":bool,
//  "virtualizationEnabled":bool,"mandatoryPolicy":TOKEN_MANDATORY_POLICY flags,"source":"8 characters","securityAttributes":["EPM://request=..."]}
// A fact the system cannot give is null, never a made-up value.
EPM_API epm_error epm_token_facts(uint32_t token, char* out, uint32_t capacity, uint32_t* length);
// The environment block Windows makes for the token: {"environment":["NAME=value", ...]}.
EPM_API epm_error epm_token_environment(uint32_t token, char* out, uint32_t capacity, uint32_t* length);
EPM_API epm_error epm_token_close(uint32_t token);

// ---- profiles --------------------------------------------------------------------------------------------------

// Profiles of accounts whose tokens were made here. "store" is userProfiles (CreateProfile, LoadUserProfileW,
// DeleteProfileW), or testBed in test-bed builds, where a folder and a key of HKEY_USERS stand in for them.

// {"store":s,"made":bool}: false when the account has a profile, which is left as it is.
EPM_API epm_error epm_profile_create(const char16_t* sid, const char16_t* name, char* out, uint32_t capacity,
                                     uint32_t* length);
// Loads the profile of the token's account, without windows. {"store":s,"loaded":true}; `out` has at least 128 bytes.
EPM_API epm_error epm_profile_load(uint32_t token, const char16_t* name, uint32_t* profile, char* out,
                                   uint32_t capacity, uint32_t* length);
// {"store":s,"loaded":false}. After a failure the profile is still loaded, and its integer still good.
EPM_API epm_error epm_profile_unload(uint32_t profile, char* out, uint32_t capacity, uint32_t* length);
// Takes the hive out of HKEY_USERS that a process loaded which is gone. Fails while something uses it.
EPM_API epm_error epm_profile_unload_left(const char16_t* sid, char* out, uint32_t capacity, uint32_t* length);
// {"store":s,"made":false}. Removes folder, hive and entry; the profile must not be loaded.
EPM_API epm_error epm_profile_delete(const char16_t* sid, char* out, uint32_t capacity, uint32_t* length);

// ---- processes -------------------------------------------------------------------------------------------------

// Starts a process of epmbroker.exe, which starts programs on behalf of this one and ends with it. `program`: its absolute
// path, compared with the build by the caller. `out`: {"processId":n}; at least 64 bytes. It takes as long as the start of
// a process.
EPM_API epm_error epm_broker_start(const char16_t* program, uint32_t* broker, char* out, uint32_t capacity,
                                   uint32_t* length);
EPM_API epm_error epm_broker_end(uint32_t broker);

struct epm_start {
  // Is used for one start at a time. One that failed with the step "broker" has been ended and may be replaced.
  uint32_t broker;
  // 0: further processes of the tree are not stopped, and the broker can start another program afterwards. 1: each is
  // stopped before its first instruction ("stopped"); 2: so is each library before it runs. The broker then belongs to the
  // tree, and its number is gone.
  uint32_t judge;
  uint32_t token;
  const char16_t* path;          // final path of the image
  const char16_t* command_line;  // complete, quoted by the caller
  const char16_t* environment;   // NAME=value NUL ... NUL NUL
  const char16_t* directory;
  const char16_t* process_sddl;   // security of the process and its first thread, with its owner
  const char16_t* token_sddl;     // owner and DACL of the token object that the process got
  uint32_t active_process_limit;  // 0: none
  uint32_t kill_with_agent;       // 1: the job is killed when the agent's handle closes
  const char16_t* desktop;        // window station and desktop
  uint32_t show_window;           // SW_ value
  // 0: a console program gets a new console with a window; 1: one without a window.
  uint32_t console;
  // 1: standard input, output and error are pipes of this process, and the program inherits their other ends and no
  // other handle.
  uint32_t streams;
  const uint8_t* input;   // all of the standard input, at most 32 KiB; only with streams
  uint32_t input_length;  // bytes
};

// Creates the process suspended, inside a new job (no breakaway), on the desktop, inheriting no handle but those of
// its streams.
// `out`: {"processId":n,"startTime":ms,"starterProcessId":n}, of the broker that is its parent; at least 128 bytes, or
// nothing is started.
EPM_API epm_error epm_process_start(const epm_start* start, uint32_t* process, char* out, uint32_t capacity,
                                    uint32_t* length);
// What really started: {"image":{"path":s,"volume":guid,"file":"hex32"},"token":<token facts>,"parentProcessId":n,"session":n,
//  "inJob":bool,"job":{"limitFlags":JOB_OBJECT_LIMIT flags|null,"activeProcessLimit":n|null},
//  "security":{"process":sddl,"thread":sddl|null,"job":sddl,"token":sddl}}: owner and DACL of each object; the thread's is
// known until the process is resumed.
// volume: its GUID in the mount manager, without braces; file: the bytes of FILE_ID_INFO.FileId in memory order.
EPM_API epm_error epm_process_facts(uint32_t process, char* out, uint32_t capacity, uint32_t* length);
EPM_API epm_error epm_process_resume(uint32_t process);
// Details of what the event "stopped" announced: {"library":bool,"processId":n,"parentProcessId":n,"commandLine":s|null}.
// `image`: a file handle, which the caller closes; 0: Windows gave none. Each can be taken once. `out`: 200,000 bytes at least.
EPM_API epm_error epm_stopped_take(uint32_t process, uint32_t stopped, uint64_t* image, char* out, uint32_t capacity,
                                   uint32_t* length);
// Lets it run (1), or ends its process with STATUS_ACCESS_DENIED before its next instruction (0).
EPM_API epm_error epm_stopped_answer(uint32_t process, uint32_t stopped, uint32_t run);
// Ends the whole tree with the exit code.
EPM_API epm_error epm_process_terminate(uint32_t process, uint32_t exit_code);
// Forgets the process and closes its handles; the tree goes on unless kill_with_agent was set. A process that was never
// resumed is ended: nobody could resume it any more.
EPM_API epm_error epm_process_release(uint32_t process);

// Takes what the program wrote to its standard output (1) or error (2) and nobody took yet: at most 32 KiB, for which
// `capacity` must have room. Nothing more is read before: a program whose output is not taken waits.
// ERROR_NO_DATA (232): nothing yet; the event "output" tells when there is. ERROR_HANDLE_EOF (38): nothing any more.
// ERROR_INVALID_STATE (5023): the process was started without streams.
EPM_API epm_error epm_process_output(uint32_t process, uint32_t stream, uint8_t* out, uint32_t capacity,
                                     uint32_t* length);
// Ends the streams: what was not taken is lost, and what the program writes from now on fails.
EPM_API epm_error epm_process_end_streams(uint32_t process);

// ---- desktops --------------------------------------------------------------------------------------------------

// Makes a desktop on the interactive window station of a session, by `holder`, the full path of epmdesktop.exe, which runs
// there as the account of this process and ends with the desktop's object here. `sddl`: security of the desktop.
// shown_seconds: 0: nobody ever sees it. Otherwise it can be put before the person, for so long at most; its holder then goes
// only when the person's own desktop is back, even if this process is gone.
// Waits, 20 s at most, until it is there. `out` on success: {"security":sddl|null}, owner and DACL as Windows has them.
EPM_API epm_error epm_desktop_make(const char16_t* holder, uint32_t session, const char16_t* name, const char16_t* sddl,
                                   uint32_t shown_seconds, uint32_t* desktop, char* out, uint32_t capacity,
                                   uint32_t* length);
// Puts it before the person. Waits, 20 s at most. ERROR_INVALID_STATE (5023): it was made so that nobody sees it.
EPM_API epm_error epm_desktop_show(uint32_t desktop);
// ERROR_SUCCESS while its holder has it. ERROR_HANDLE_EOF (38): its time is over, another desktop was put before the person, or the
// holder was ended.
EPM_API epm_error epm_desktop_state(uint32_t desktop);
// Takes it away from before the person. The desktop is gone with the last process on it.
EPM_API epm_error epm_desktop_close(uint32_t desktop);

// ---- registry --------------------------------------------------------------------------------------------------

// Watches a key and all below it; `root` is 0x80000002 (HKLM) or 0x80000003 (HKU). The key is made to appear when it
// does not exist yet: its nearest existing parent is watched until then.
EPM_API epm_error epm_registry_watch(uint32_t root, const char16_t* key, uint32_t* watch);
EPM_API epm_error epm_registry_unwatch(uint32_t watch);
// Values of a key of the agent's own, opened with KEY_QUERY_VALUE, from the one of index `first` on: as many as `out` holds. Each
// is a KEY_VALUE_FULL_INFORMATION of wdm.h whose first member says after how many bytes the next one begins.
// ERROR_SUCCESS: there may be more, from the index after these; ERROR_NO_MORE_ITEMS (259): these are the last;
// ERROR_MORE_DATA (234): the first one alone needs `length` bytes.
EPM_API epm_error epm_registry_values(uint64_t key, uint32_t first, uint8_t* out, uint32_t capacity, uint32_t* length);

// ---- service ---------------------------------------------------------------------------------------------------

// A control of the service's own (128 to 255): as SERVICE_CONTROL_STOP, and what is to go with EPM is removed.
#define EPM_SERVICE_CONTROL_REMOVE 128

// Connects to the service manager and waits until ServiceMain runs. ERROR_FAILED_SERVICE_CONTROLLER_CONNECT (1063)
// when the process was not started as a service.
EPM_API epm_error epm_service_run(const char16_t* name);
// How a service is registered and whether it runs:
// {"type":n,"start":n,"errorControl":n,"commandLine":s,"account":s,"displayName":s,"state":1..7,"processId":n,"exitCode":n,
//  "description":s,"delayed":bool,"sidType":n,"privileges":[s],"recovery":{"resetPeriod":s,"command":s,
//  "actions":[{"type":n,"delay":ms}]},"onFailure":bool,"security":"hex of a self-relative descriptor: owner and DACL"}
// What the system does not keep is null. ERROR_SERVICE_DOES_NOT_EXIST (1060).
EPM_API epm_error epm_service_facts(const char16_t* name, char* out, uint32_t capacity, uint32_t* length);
// state: SERVICE_START_PENDING 2, RUNNING 4, STOP_PENDING 3, STOPPED 1.
EPM_API epm_error epm_service_status(uint32_t state, uint32_t win32_exit_code, uint32_t wait_hint_ms);
