// Real Windows: a process of another local user, by a password. Works from an administrator's process without any
// special privilege; the secondary logon service does the logon.
#include "bed_run.h"
#include "command_text.h"
#include "failure.h"

namespace bed {

namespace {

std::wstring password_from(const std::wstring& file) {
  std::wstring password = from_utf8(read_file(file));
  while (!password.empty() && (password.back() == L'\n' || password.back() == L'\r')) password.pop_back();
  return password;
}

}  // namespace

DWORD run_with_password(const std::wstring& user, const std::wstring& domain, const std::wstring& password_file,
                        const RunRequest& request) {
  std::wstring password = password_from(password_file);
  std::wstring line = command_line(request.arguments);
  const Streams streams(request);
  // Without a file the user's own environment is made by the logon.
  std::vector<wchar_t> text;
  if (!request.environment_file.empty()) {
    Environment environment = own_environment();
    apply_file(environment, request.environment_file);
    text = block(environment);
  }
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = streams.input.get();
  startup.hStdOutput = streams.output.get();
  startup.hStdError = streams.error ? streams.error.get() : streams.output.get();
  PROCESS_INFORMATION information{};
  const BOOL made = CreateProcessWithLogonW(
      user.c_str(), domain.empty() ? L"." : domain.c_str(), password.c_str(), LOGON_WITH_PROFILE, nullptr, line.data(),
      CREATE_UNICODE_ENVIRONMENT | CREATE_SUSPENDED, text.empty() ? nullptr : text.data(),
      request.directory.empty() ? nullptr : request.directory.c_str(), &startup, &information);
  const DWORD error = made ? ERROR_SUCCESS : GetLastError();
  SecureZeroMemory(password.data(), password.size() * sizeof(wchar_t));
  if (error != ERROR_SUCCESS) epm::fail("CreateProcessWithLogonW", error);
  return resume_and_wait(information, request);
}

}  // namespace bed
