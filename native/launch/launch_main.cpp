// epmlaunch.exe: stands between a start and the agent. Everybody starts it, with their own rights; it decides nothing, and
// passes on a path and arguments.
//
//   epmlaunch --image "NAME" COMMAND LINE    Windows starts it so in place of a program that a rule names
//   epmlaunch --elevate PATH [ARGUMENTS]     a person wants one file with administrator rights
//
// The exit code is that of the program.
#include "agent_answer.h"
#include "command_line.h"
#include "failure.h"
#include "launch_log.h"
#include "normal_start.h"
#include "program_path.h"
#include "verb.h"
#include "windows_headers.h"

namespace {

using epm::LaunchAnswer;
using epm::NormalStart;

// ERROR_ELEVATION_REQUIRED (winerror.h), which mingw-w64 does not have.
constexpr DWORD elevation_required = 740;

std::wstring current_folder() {
  std::wstring text(MAX_PATH, L'\0');
  for (;;) {
    const DWORD length = GetCurrentDirectoryW(static_cast<DWORD>(text.size()), text.data());
    if (length < text.size()) {
      text.resize(length);
      return text;
    }
    text.resize(length);
  }
}

LaunchAnswer ask(const std::wstring& path, const std::wstring& command_line, epm::Trigger trigger) {
  try {
    return epm::ask_agent({path, epm::argument_vector(command_line), current_folder(), trigger});
  } catch (const epm::Failure& failure) {
    return {LaunchAnswer::Kind::no_answer, 0, {}, failure.step};
  }
}

// The exit code; empty: the program is still to be started.
bool settled(const LaunchAnswer& answer, uint32_t& exit_code) {
  switch (answer.kind) {
    case LaunchAnswer::Kind::ended:
      exit_code = answer.exit_code;
      return true;
    case LaunchAnswer::Kind::refused:
      exit_code = ERROR_CANCELLED;
      return true;
    case LaunchAnswer::Kind::lost:
      exit_code = ERROR_PROCESS_ABORTED;
      return true;
    default:
      return false;
  }
}

uint32_t launch(const epm::LauncherCommand& command) {
  const std::wstring path = epm::find_program(command.rest, command.image);
  LaunchAnswer answer;
  answer.why = "the program was not found again";
  if (!path.empty()) answer = ask(path, command.rest, epm::Trigger::launch);
  uint32_t exit_code = 0;
  if (settled(answer, exit_code)) return exit_code;
  if (answer.kind == LaunchAnswer::Kind::no_answer) {
    epm::log_started_without_agent(path.empty() ? command.image : path, answer.why);
  }
  const epm::Way way = answer.kind == LaunchAnswer::Kind::lifted ? epm::Way::as_it_is : epm::Way::past_option;
  NormalStart start = epm::start_normally(path, command.rest, way, [&answer] { answer.connection.reset(); });
  if (start.error == elevation_required && !path.empty()) {
    // Windows is about to ask for administrator rights: where policy says so, EPM's way is offered first.
    if (answer.kind == LaunchAnswer::Kind::not_managed) {
      const LaunchAnswer detected = ask(path, command.rest, epm::Trigger::detected);
      if (settled(detected, exit_code)) return exit_code;
      if (detected.kind == LaunchAnswer::Kind::no_answer) epm::log_started_without_agent(path, detected.why);
    }
    start = epm::start_by_windows_elevation(path, command.rest);
  }
  return start.error == 0 ? start.exit_code : start.error;
}

// A console that was made for the launcher alone is not shown: the program brings its own window. Windows 11 makes none
// (consoleAllocationPolicy in the manifest).
void leave_own_console() {
  DWORD processes[2];
  if (GetConsoleProcessList(processes, 2) == 1) FreeConsole();
}

uint32_t run() {
  const epm::LauncherCommand command = epm::read_launcher_command(GetCommandLineW());
  switch (command.kind) {
    case epm::LauncherCommand::Kind::launch:
      return launch(command);
    case epm::LauncherCommand::Kind::elevate:
      leave_own_console();
      return epm::elevate_by_verb(command.rest);
    case epm::LauncherCommand::Kind::wrong:
      return ERROR_INVALID_PARAMETER;
  }
  return ERROR_INVALID_PARAMETER;
}

}  // namespace

int wmain() {
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  try {
    return static_cast<int>(run());
  } catch (...) {
    return ERROR_NOT_ENOUGH_MEMORY;
  }
}
