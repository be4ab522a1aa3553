#include "normal_start.h"

#include <shellapi.h>

#include "command_line.h"
#include "handle.h"
#include "system_function.h"

namespace epm {

namespace {

// Ctrl+C in the console that both share is for the program. A handler, because the flag that ignores it is inherited.
BOOL WINAPI leave_to_program(DWORD event) { return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT; }

// Whoever ends the launcher means the program. Only the program itself is in the job; what it starts is free.
Handle tie_to_launcher(HANDLE process) {
  Handle job(CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
  if (job && SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)))
    AssignProcessToJobObject(job.get(), process);
  return job;
}

NormalStart wait_for(const Handle& process) {
  NormalStart result;
  DWORD exit_code = 0;
  if (WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0 || !GetExitCodeProcess(process.get(), &exit_code))
    result.error = GetLastError();
  result.exit_code = exit_code;
  return result;
}

// What follows the program in a command line.
std::wstring parameters_of(const std::wstring& command_line) {
  std::wstring text = command_line.substr(command_line.find_first_not_of(L" \t"));
  const bool quoted = text.front() == L'"';
  const size_t end = quoted ? text.find(L'"', 1) : text.find_first_of(L" \t");
  return end == std::wstring::npos ? std::wstring() : text.substr(end + 1);
}

}  // namespace

NormalStart start_normally(const std::wstring& path, const std::wstring& command_line, Way way,
                           const std::function<void()>& started) {
  SetConsoleCtrlHandler(leave_to_program, TRUE);
  STARTUPINFOW startup{};
  GetStartupInfoW(&startup);
  startup.lpReserved = nullptr;
  std::wstring text = command_line;
  // Windows does not look at the option for a program that is started to be debugged ("Image File Execution Options",
  // CreateProcessW). Nothing is debugged: the debugger leaves before the first instruction.
  const DWORD flags = CREATE_SUSPENDED | (way == Way::past_option ? DEBUG_ONLY_THIS_PROCESS : 0);
  PROCESS_INFORMATION information{};
  if (!CreateProcessW(path.empty() ? nullptr : path.c_str(), text.data(), nullptr, nullptr, TRUE, flags, nullptr,
                      nullptr, &startup, &information))
    return {GetLastError(), 0};
  const Handle process(information.hProcess);
  const Handle thread(information.hThread);
  const Handle job = tie_to_launcher(process.get());
  started();
  if (way == Way::past_option) DebugSetProcessKillOnExit(FALSE);
  // A program that keeps a debugger that never answers would hang, so it is ended and the failure told.
  if ((way == Way::past_option && !DebugActiveProcessStop(information.dwProcessId)) ||
      ResumeThread(thread.get()) == static_cast<DWORD>(-1)) {
    const NormalStart failed{GetLastError(), 0};
    TerminateProcess(process.get(), ERROR_GEN_FAILURE);
    return failed;
  }
  return wait_for(process);
}

NormalStart start_by_windows_elevation(const std::wstring& path, const std::wstring& command_line) {
  using Execute = BOOL(WINAPI*)(SHELLEXECUTEINFOW*);
  const auto execute = system_function<Execute>(L"shell32.dll", "ShellExecuteExW");
  if (!execute) return {ERROR_PROC_NOT_FOUND, 0};
  const std::wstring parameters = parameters_of(command_line);
  STARTUPINFOW startup{};
  GetStartupInfoW(&startup);
  SHELLEXECUTEINFOW order{};
  order.cbSize = sizeof(order);
  order.fMask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI;
  order.lpVerb = L"runas";
  order.lpFile = path.c_str();
  order.lpParameters = parameters.c_str();
  order.nShow = (startup.dwFlags & STARTF_USESHOWWINDOW) != 0 ? startup.wShowWindow : SW_SHOWNORMAL;
  if (!execute(&order)) return {GetLastError(), 0};
  if (!order.hProcess) return {};
  return wait_for(Handle(order.hProcess));
}

}  // namespace epm
