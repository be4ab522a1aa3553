// epmbed.exe: starts programs as other identities, describes them, and speaks raw bytes to pipes. See README.md.
#include <cstdio>

#include "bed_console.h"
#include "bed_pipe.h"
#include "bed_run.h"
#include "command_text.h"
#include "failure.h"
#include "options.h"
#include "token_facts.h"

namespace {

using bed::Options;

// Told apart from the exit codes of programs that tests start.
constexpr DWORD exit_failed = 250;
constexpr DWORD exit_usage = 251;

DWORD run_mode(const std::vector<std::wstring>& arguments) {
  const Options options(
      arguments,
      {L"--as", L"--user", L"--domain", L"--password-file", L"--cwd", L"--env-file", L"--stdin", L"--stdout",
       L"--stderr", L"--session", L"--stop-file", L"--keys-file", L"--interrupt-file", L"--screen-file"},
      {L"--console", L"--errors-on-screen"});
  bed::RunRequest request;
  request.arguments = options.rest();
  if (request.arguments.empty()) epm::fail("a program is expected after --", ERROR_INVALID_PARAMETER);
  request.directory = options.value(L"--cwd");
  request.environment_file = options.value(L"--env-file");
  request.standard_input = options.value(L"--stdin");
  request.standard_output = options.value(L"--stdout");
  request.standard_error = options.value(L"--stderr");
  request.stop_file = options.value(L"--stop-file");
  request.console = options.has(L"--console");
  request.errors_on_screen = options.has(L"--errors-on-screen");
  request.keys_file = options.value(L"--keys-file");
  request.screen_file = options.value(L"--screen-file");
  request.interrupt_file = options.value(L"--interrupt-file");
  if (options.has(L"--user")) {
    return bed::run_with_password(options.value(L"--user"), options.value(L"--domain"),
                                  options.required(L"--password-file"), request);
  }
  const epm::Handle token = bed::identity_token(options.required(L"--as"));
  if (options.has(L"--session")) bed::set_session(token, options.number(L"--session", 0));
  return bed::run_with_token(token, request);
}

DWORD describe_mode(const std::vector<std::wstring>& arguments) {
  const Options options(arguments, {L"--as"}, {});
  epm::Handle token;
  if (options.has(L"--as")) {
    token = bed::identity_token(options.value(L"--as"));
  } else {
    epm::check(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive()), "OpenProcessToken");
  }
  epm::JsonWriter json;
  epm::write_token_facts(json, token.get());
  bed::print(json.take() + "\n");
  return 0;
}

}  // namespace

int wmain(int count, wchar_t** values) {
  std::vector<std::wstring> arguments(values + 1, values + count);
  if (arguments.empty()) arguments.emplace_back();
  const std::wstring mode = arguments.front();
  arguments.erase(arguments.begin());
  try {
    if (mode == L"run") return static_cast<int>(run_mode(arguments));
    if (mode == L"describe") return static_cast<int>(describe_mode(arguments));
    if (mode == L"hold-console") return static_cast<int>(bed::hold_console());
    if (mode == L"pipe") return static_cast<int>(bed::pipe_mode(arguments));
    std::fputs("epmbed run|describe|pipe ...; see testbed/native/README.md\n", stderr);
    return static_cast<int>(exit_usage);
  } catch (const epm::Failure& failure) {
    std::fprintf(stderr, "epmbed: %s\n", failure.json().c_str());
    return static_cast<int>(exit_failed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "epmbed: %s\n", error.what());
    return static_cast<int>(exit_failed);
  }
}
