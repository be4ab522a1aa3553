#include "create_program.h"

#include "attribute_list.h"
#include "failure.h"
#include "privileges.h"
#include "security_text.h"

namespace epm {

namespace {

void enable_start_privileges() {
  enable_own_privilege(L"SeIncreaseQuotaPrivilege");
  // Wine's service tokens do not hold it and its CreateProcessAsUserW does not ask for it; Windows' does both.
  try {
    enable_own_privilege(L"SeAssignPrimaryTokenPrivilege");
  } catch (const Failure& failure) {
    if (failure.win32 != ERROR_PRIVILEGE_NOT_HELD) throw;
  }
}

// Before the first instruction, on the thread that created the process, which has it as a debugger. What this thread debugs
// later ends with it again.
void leave_undebugged(const CreatedProgram& created) {
  if (DebugSetProcessKillOnExit(FALSE) && DebugActiveProcessStop(created.process_id) &&
      DebugSetProcessKillOnExit(TRUE)) {
    return;
  }
  const DWORD error = GetLastError();
  TerminateProcess(created.process.get(), ERROR_CANCELLED);
  fail("DebugActiveProcessStop", error);
}

}  // namespace

CreatedProgram create_program(ProgramOrder& order) {
  static const bool enabled = [] {
    enable_start_privileges();
    return true;
  }();
  (void)enabled;
  const SecurityPointer descriptor = descriptor_from_sddl(order.process_sddl.c_str());
  SECURITY_ATTRIBUTES security{sizeof(security), descriptor.get(), FALSE};

  AttributeList attributes(order.has_streams ? 3 : 2);
  DWORD64 policy = safe_mitigation;
  check(attributes.update(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, &policy, sizeof(policy)),
        "UpdateProcThreadAttribute(MITIGATION_POLICY)");
  HANDLE jobs[] = {order.job.get()};
  // In the job from its creation. Where the attribute is not known, the agent joins it while it is suspended.
  (void)attributes.update(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs, sizeof(jobs));
  HANDLE inherited[] = {order.streams.input.get(), order.streams.output.get(), order.streams.error.get()};
  if (order.has_streams) {
    check(attributes.update(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, sizeof(inherited)),
          "UpdateProcThreadAttribute(HANDLE_LIST)");
  }

  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.StartupInfo.lpDesktop = order.desktop.data();
  startup.StartupInfo.dwFlags = STARTF_USESHOWWINDOW;
  startup.StartupInfo.wShowWindow = static_cast<WORD>(order.show_window);
  startup.lpAttributeList = attributes.get();
  if (order.has_streams) {
    startup.StartupInfo.dwFlags |= STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = order.streams.input.get();
    startup.StartupInfo.hStdOutput = order.streams.output.get();
    startup.StartupInfo.hStdError = order.streams.error.get();
  }

  const DWORD console = order.hidden_console ? CREATE_NO_WINDOW : CREATE_NEW_CONSOLE;
  // A rule puts epmlaunch.exe in the place of the program that it names ("Image File Execution Options"), and Windows looks at
  // that for whoever starts it, the agent too, unless the program is to be debugged.
  const DWORD flags = CREATE_SUSPENDED | console | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
                      (order.debugged ? DEBUG_PROCESS : DEBUG_ONLY_THIS_PROCESS);
  PROCESS_INFORMATION information{};
  const BOOL is_created = CreateProcessAsUserW(order.token.get(), order.path.c_str(), order.command_line.data(),
                                               &security, &security, order.has_streams, flags, order.environment.data(),
                                               order.directory.c_str(), &startup.StartupInfo, &information);
  CreatedProgram created{Handle(information.hProcess), Handle(information.hThread), information.dwProcessId};
  check(is_created, "CreateProcessAsUserW");
  if (!order.debugged) leave_undebugged(created);
  return created;
}

}  // namespace epm
