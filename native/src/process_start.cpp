#include "process_start.h"

#include <vector>

#include "attribute_list.h"
#include "failure.h"
#include "json_writer.h"
#include "privileges.h"
#include "process_facts.h"
#include "security_text.h"

namespace epm {

namespace {

constexpr size_t max_command_line = 32766;

// Only the system reaches the job: its owner is not Administrators, which every elevated program has, and being the owner
// gives nothing but reading the permissions (OWNER RIGHTS, [MS-DTYP] 2.4.2.4). No limit flag for breakaway means that no descendant can leave it.
Handle make_job(const epm_start& start) {
  const SecurityPointer descriptor = descriptor_from_sddl(L"O:SYG:SYD:P(A;;GA;;;SY)(A;;RC;;;OW)");
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle job(CreateJobObjectW(&attributes, nullptr));
  check(static_cast<bool>(job), "CreateJobObjectW");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  // Wine takes the limit flag and forgets the number: a child is created there all the same.
  if (start.active_process_limit != 0) {
    limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    limits.BasicLimitInformation.ActiveProcessLimit = start.active_process_limit;
  }
  if (start.kill_with_agent != 0) limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  check(SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)),
        "SetInformationJobObject(ExtendedLimit)");
  return job;
}

// A process that is ended unless it was given on.
class Suspended {
 public:
  Suspended(HANDLE process, HANDLE thread) : process(process), thread(thread) {}
  ~Suspended() {
    if (process) TerminateProcess(process.get(), ERROR_CANCELLED);
  }
  Suspended(const Suspended&) = delete;
  Suspended& operator=(const Suspended&) = delete;

  Handle process;
  Handle thread;
};

void require_in_job(HANDLE process, HANDLE job) {
  BOOL in_job = FALSE;
  check(IsProcessInJob(process, job, &in_job), "IsProcessInJob");
  if (in_job) return;
  check(AssignProcessToJobObject(job, process), "AssignProcessToJobObject");
  check(IsProcessInJob(process, job, &in_job), "IsProcessInJob");
  if (!in_job) fail("AssignProcessToJobObject", ERROR_ACCESS_DENIED);
}

// The process has a token of its own by now, with the security that Windows gives by default.
void protect_token(HANDLE process, const wchar_t* sddl) {
  const SecurityPointer descriptor = descriptor_from_sddl(sddl);
  Handle token;
  check(OpenProcessToken(process, READ_CONTROL | WRITE_DAC | WRITE_OWNER, token.receive()), "OpenProcessToken");
  check(SetKernelObjectSecurity(token.get(), OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, descriptor.get()),
        "SetKernelObjectSecurity");
}

uint64_t creation_time(HANDLE process) {
  FILETIME created{};
  FILETIME ended{};
  FILETIME kernel{};
  FILETIME user{};
  check(GetProcessTimes(process, &created, &ended, &kernel, &user), "GetProcessTimes");
  return unix_milliseconds(created);
}

std::shared_ptr<ProgramStreams> make_streams(const epm_start& start, uint32_t id, ChildStreams& child) {
  if (start.input_length != 0 && (start.streams == 0 || !start.input)) fail("input", ERROR_INVALID_PARAMETER);
  if (start.streams == 0) return nullptr;
  if (start.input_length > ProgramStreams::max_input) fail("input", ERROR_INVALID_PARAMETER);
  return ProgramStreams::make(id, std::vector<uint8_t>(start.input, start.input + start.input_length), child);
}

void require_text(const char16_t* text, const char* name) {
  if (!text || text[0] == 0) fail(name, ERROR_INVALID_PARAMETER);
}

}  // namespace

StartedAnswer start_process(const epm_start& start, HANDLE token) {
  require_text(start.path, "path");
  require_text(start.command_line, "command_line");
  require_text(start.directory, "directory");
  require_text(start.desktop, "desktop");
  require_text(start.process_sddl, "process_sddl");
  require_text(start.token_sddl, "token_sddl");
  require_text(start.environment, "environment");  // without one the child would get the agent's
  std::wstring command_line(wide(start.command_line));
  if (command_line.size() > max_command_line) fail("command_line", ERROR_INVALID_PARAMETER);

  enable_own_privilege(L"SeIncreaseQuotaPrivilege");
  // Wine's service tokens do not hold it and its CreateProcessAsUserW does not ask for it; Windows' does both.
  try {
    enable_own_privilege(L"SeAssignPrimaryTokenPrivilege");
  } catch (const Failure& failure) {
    if (failure.win32 != ERROR_PRIVILEGE_NOT_HELD) throw;
  }

  Handle job = make_job(start);
  const uint32_t id = identifiers().next();
  attach_to_port(job.get(), id);

  const SecurityPointer descriptor = descriptor_from_sddl(wide(start.process_sddl));
  SECURITY_ATTRIBUTES security{sizeof(security), descriptor.get(), FALSE};

  ChildStreams child;
  const auto streams = make_streams(start, id, child);

  AttributeList attributes(streams ? 3 : 2);
  DWORD64 policy = safe_mitigation;
  check(attributes.update(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, &policy, sizeof(policy)),
        "UpdateProcThreadAttribute(MITIGATION_POLICY)");
  HANDLE jobs[] = {job.get()};
  // In the job from its creation. Where the attribute is not known, require_in_job joins it while it is suspended.
  (void)attributes.update(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs, sizeof(jobs));

  HANDLE inherited[] = {child.input.get(), child.output.get(), child.error.get()};
  if (streams) {
    check(attributes.update(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, sizeof(inherited)),
          "UpdateProcThreadAttribute(HANDLE_LIST)");
  }

  std::wstring desktop(wide(start.desktop));
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.StartupInfo.lpDesktop = desktop.data();
  startup.StartupInfo.dwFlags = STARTF_USESHOWWINDOW;
  startup.StartupInfo.wShowWindow = static_cast<WORD>(start.show_window);
  startup.lpAttributeList = attributes.get();
  if (streams) {
    startup.StartupInfo.dwFlags |= STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = child.input.get();
    startup.StartupInfo.hStdOutput = child.output.get();
    startup.StartupInfo.hStdError = child.error.get();
  }

  const DWORD console = start.console == 0 ? CREATE_NEW_CONSOLE : CREATE_NO_WINDOW;
  const DWORD flags = CREATE_SUSPENDED | console | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  PROCESS_INFORMATION information{};
  const bool is_made = CreateProcessAsUserW(token, wide(start.path), command_line.data(), &security, &security,
                                            streams != nullptr, flags, const_cast<wchar_t*>(wide(start.environment)),
                                            wide(start.directory), &startup.StartupInfo, &information);
  // Ended from here on whatever fails; empty when there is none.
  Suspended made(information.hProcess, information.hThread);
  check(is_made, "CreateProcessAsUserW");
  // From here on the streams end with the last process that has them.
  child = ChildStreams{};
  require_in_job(made.process.get(), job.get());
  protect_token(made.process.get(), wide(start.token_sddl));

  JsonWriter json;
  json.begin_object();
  json.member("processId", static_cast<uint32_t>(information.dwProcessId));
  json.member("startTime", creation_time(made.process.get()));
  json.end_object();

  const auto process =
      std::make_shared<StartedProcess>(id, std::move(made.process), std::move(made.thread), std::move(job), streams);
  processes().add(id, process);
  try {
    process->watch();
    if (streams) streams->start();
  } catch (...) {
    processes().remove(id)->release();
    throw;
  }
  return {id, json.take()};
}

}  // namespace epm
