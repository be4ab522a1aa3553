// Starts a program as somebody else and waits for it.
#pragma once

#include <string>
#include <vector>

#include "handle.h"

namespace bed {

struct RunRequest {
  std::vector<std::wstring> arguments;  // first: the program
  std::wstring directory;               // empty: the launcher's
  std::wstring environment_file;        // empty: the launcher's environment as it is
  std::wstring standard_input;          // files; empty: the launcher's own handle
  std::wstring standard_output;
  std::wstring standard_error;
  std::wstring stop_file;         // when it appears, the program is ended
  bool console = false;           // whether it gets a console that nobody sees; of that:
  std::wstring keys_file;         // text that is typed there, instead of standard input
  std::wstring interrupt_file;    // when it appears, Ctrl+C is pressed
  bool errors_on_screen = false;  // standard error is what it shows
  std::wstring screen_file;       // is written at the end with what stands there
};

// Files and the launcher's handles for the three standard streams, inheritable.
struct Streams {
  explicit Streams(const RunRequest& request);
  epm::Handle input;
  epm::Handle output;
  epm::Handle error;
};

// Token of a named identity made with NtCreateToken. Wine only: on Windows nobody holds SeCreateTokenPrivilege.
epm::Handle identity_token(const std::wstring& name);
// Fails when the system does not take the session (Wine does not).
void set_session(const epm::Handle& token, DWORD session);

// Exit code of the program. The tree dies with the launcher.
DWORD run_with_token(const epm::Handle& token, const RunRequest& request);
// On Windows: a logon with a password, from an administrator's process.
DWORD run_with_password(const std::wstring& user, const std::wstring& domain, const std::wstring& password_file,
                        const RunRequest& request);

// Waits for a suspended process inside a job that ends with this process.
DWORD resume_and_wait(const PROCESS_INFORMATION& information, const RunRequest& request);

}  // namespace bed
