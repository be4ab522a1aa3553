#include "bed_run.h"

#include "bed_console.h"
#include "command_text.h"
#include "failure.h"
#include "identities.h"
#include "platform.h"
#include "privileges.h"
#include "token_facts.h"

namespace bed {

namespace {

epm::Handle inheritable_copy(DWORD which) {
  const HANDLE own = GetStdHandle(which);
  HANDLE copy = nullptr;
  if (!own || own == INVALID_HANDLE_VALUE) return epm::Handle();
  if (!DuplicateHandle(GetCurrentProcess(), own, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS)) {
    return epm::Handle();
  }
  return epm::Handle(copy);
}

epm::Handle stream(const std::wstring& file, DWORD which) {
  if (file.empty()) return inheritable_copy(which);
  const bool reads = which == STD_INPUT_HANDLE;
  SECURITY_ATTRIBUTES inheritable{sizeof(inheritable), nullptr, TRUE};
  epm::Handle opened(CreateFileW(file.c_str(), reads ? GENERIC_READ : FILE_GENERIC_WRITE,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inheritable,
                                 reads ? OPEN_EXISTING : CREATE_ALWAYS, 0, nullptr));
  epm::check(static_cast<bool>(opened), "CreateFileW");
  return opened;
}

// Wine starts explorer.exe, which then stays, as a child of the first program that needs the desktop. Were that one of
// the programs under test, its process tree and job would never become empty.
void have_desktop() {
  if (epm::is_wine()) (void)GetDesktopWindow();
}

}  // namespace

Streams::Streams(const RunRequest& request)
    : input(stream(request.standard_input, STD_INPUT_HANDLE)),
      output(stream(request.standard_output, STD_OUTPUT_HANDLE)),
      error(request.standard_error == request.standard_output && !request.standard_error.empty()
                ? epm::Handle()
                : stream(request.standard_error, STD_ERROR_HANDLE)) {}

epm::Handle identity_token(const std::wstring& name) {
  if (!epm::is_wine()) epm::fail("--as: on Windows use --user and --password-file", ERROR_NOT_SUPPORTED);
  return epm::create_token(identity(name));
}

void set_session(const epm::Handle& token, DWORD session) {
  epm::check(SetTokenInformation(token.get(), TokenSessionId, &session, sizeof(session)), "SetTokenInformation");
  const auto now = epm::token_information(token.get(), TokenSessionId);
  if (*reinterpret_cast<const DWORD*>(now.data()) != session) {
    epm::fail("SetTokenInformation(TokenSessionId): the system did not take the session", ERROR_NOT_SUPPORTED);
  }
}

DWORD resume_and_wait(const PROCESS_INFORMATION& information, const RunRequest& request) {
  const epm::Handle process(information.hProcess);
  const epm::Handle thread(information.hThread);
  const epm::Handle job(CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  const bool joined = job &&
                      SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)) &&
                      AssignProcessToJobObject(job.get(), process.get());
  if (!joined) {
    const DWORD error = GetLastError();
    TerminateProcess(process.get(), error);
    epm::fail("AssignProcessToJobObject", error);
  }
  if (ResumeThread(thread.get()) == static_cast<DWORD>(-1)) epm::fail("ResumeThread", GetLastError());
  wait_for_end(process, request.interrupt_file, request.stop_file);
  DWORD code = 0;
  epm::check(GetExitCodeProcess(process.get(), &code), "GetExitCodeProcess");
  return code;
}

DWORD run_with_token(const epm::Handle& token, const RunRequest& request) {
  have_desktop();
  Environment environment = own_environment();
  if (!request.environment_file.empty()) apply_file(environment, request.environment_file);
  std::vector<wchar_t> text = block(environment);
  std::wstring line = command_line(request.arguments);
  const Streams streams(request);
  if (request.console) have_console();
  epm::Handle keyboard;
  if (!request.keys_file.empty()) keyboard = typed_input(read_file(request.keys_file));
  epm::Handle screen;
  if (request.errors_on_screen) screen = screen_output();
  wchar_t desktop[] = L"winsta0\\default";
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  startup.lpDesktop = desktop;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = keyboard ? keyboard.get() : streams.input.get();
  startup.hStdOutput = streams.output.get();
  startup.hStdError = screen ? screen.get() : streams.error ? streams.error.get() : streams.output.get();
  PROCESS_INFORMATION information{};
  epm::check(
      CreateProcessAsUserW(token.get(), nullptr, line.data(), nullptr, nullptr, TRUE,
                           CREATE_UNICODE_ENVIRONMENT | CREATE_SUSPENDED, text.data(),
                           request.directory.empty() ? nullptr : request.directory.c_str(), &startup, &information),
      "CreateProcessAsUserW");
  const DWORD code = resume_and_wait(information, request);
  if (!request.screen_file.empty()) write_screen(request.screen_file);
  return code;
}

}  // namespace bed
