#include "own_desktop.h"

#include "attribute_list.h"
#include "failure.h"
#include "privileges.h"
#include "security_text.h"

namespace epm {

namespace {

// A program of some kilobytes that makes one object; more is a sign that something holds it up.
constexpr DWORD wait_ms = 20000;
constexpr size_t max_answer = 4096;

// Nobody but the system reaches the holder, above all no elevated program.
constexpr wchar_t holder_sddl[] = L"O:SYG:SYD:P(A;;0x1fffff;;;SY)(A;;RC;;;OW)";

// The account of this process, in the session of the user.
Handle token_for(uint32_t session) {
  Handle own;
  check(OpenProcessToken(
            GetCurrentProcess(),
            TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID,
            own.receive()),
        "OpenProcessToken");
  // Without privileges: it makes one object, and stands in a session where hostile programs run.
  Handle token;
  check(CreateRestrictedToken(own.get(), DISABLE_MAX_PRIVILEGE, 0, nullptr, 0, nullptr, 0, nullptr, token.receive()),
        "CreateRestrictedToken");
  DWORD current = 0;
  check(ProcessIdToSessionId(GetCurrentProcessId(), &current), "ProcessIdToSessionId");
  // Wine has one session and takes no other; Windows takes one from who may act as the system.
  if (current != session) {
    enable_own_privilege(L"SeTcbPrivilege");
    check(SetTokenInformation(token.get(), TokenSessionId, &session, sizeof(session)),
          "SetTokenInformation(SessionId)");
  }
  return token;
}

Handle job_that_ends_with_this() {
  const SecurityPointer descriptor = descriptor_from_sddl(L"O:SYG:SYD:P(A;;GA;;;SY)(A;;RC;;;OW)");
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle job(CreateJobObjectW(&attributes, nullptr));
  check(static_cast<bool>(job), "CreateJobObjectW");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
  limits.BasicLimitInformation.ActiveProcessLimit = 1;
  check(SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)),
        "SetInformationJobObject(ExtendedLimit)");
  return job;
}

// One line. Fails with the exit code of a holder that ended instead.
std::string read_line(HANDLE pipe, HANDLE process) {
  std::string line;
  for (const ULONGLONG end = GetTickCount64() + wait_ms; line.find('\n') == std::string::npos;) {
    // Asked before the pipe: what a process wrote before its end is still read.
    const bool ended = WaitForSingleObject(process, 10) == WAIT_OBJECT_0;
    DWORD there = 0;
    if (PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr) && there != 0) {
      char buffer[256];
      DWORD length = 0;
      check(ReadFile(pipe, buffer, there < sizeof(buffer) ? there : sizeof(buffer), &length, nullptr), "ReadFile");
      line.append(buffer, length);
      if (line.size() > max_answer) fail("holder", ERROR_INVALID_DATA);
    } else if (ended) {
      DWORD code = ERROR_GEN_FAILURE;
      GetExitCodeProcess(process, &code);
      fail("holder", code == ERROR_SUCCESS ? static_cast<DWORD>(ERROR_GEN_FAILURE) : code);
    } else if (GetTickCount64() >= end) {
      fail("holder", ERROR_TIMEOUT);
    }
  }
  line.resize(line.find('\n'));
  return line;
}

std::wstring quoted(const wchar_t* text) { return L"\"" + std::wstring(text) + L"\""; }

}  // namespace

ObjectTable<OwnDesktop>& desktops() {
  static auto* const table = new ObjectTable<OwnDesktop>;
  return *table;
}

std::shared_ptr<OwnDesktop> OwnDesktop::make(const wchar_t* holder, uint32_t session, const wchar_t* name,
                                             const wchar_t* sddl, std::string& answer) {
  // Neither has a character that a command line needs quoted otherwise.
  if (std::wstring(name).find_first_not_of(L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") !=
      std::wstring::npos) {
    fail("name", ERROR_INVALID_NAME);
  }
  (void)dacl_of(descriptor_from_sddl(sddl));
  const Handle token = token_for(session);
  Handle job = job_that_ends_with_this();

  SECURITY_ATTRIBUTES inherited{sizeof(inherited), nullptr, TRUE};
  Handle pipe;
  Handle child;
  check(CreatePipe(pipe.receive(), child.receive(), &inherited, 0), "CreatePipe");
  check(SetHandleInformation(pipe.get(), HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
  AttributeList attributes(3);
  DWORD64 policy = safe_mitigation;
  check(attributes.update(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, &policy, sizeof(policy)),
        "UpdateProcThreadAttribute(MITIGATION_POLICY)");
  HANDLE handles[] = {child.get()};
  check(attributes.update(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles, sizeof(handles)),
        "UpdateProcThreadAttribute(HANDLE_LIST)");
  HANDLE jobs[] = {job.get()};
  const bool joins = attributes.update(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs, sizeof(jobs));

  wchar_t interactive[] = L"winsta0\\default";
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.StartupInfo.lpDesktop = interactive;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdOutput = child.get();
  startup.lpAttributeList = attributes.get();
  const SecurityPointer descriptor = descriptor_from_sddl(holder_sddl);
  SECURITY_ATTRIBUTES security{sizeof(security), descriptor.get(), FALSE};
  std::wstring line = quoted(holder) + L" " + name + L" " + quoted(sddl);
  PROCESS_INFORMATION information{};
  check(CreateProcessAsUserW(token.get(), holder, line.data(), &security, &security, TRUE,
                             CREATE_SUSPENDED | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr,
                             &startup.StartupInfo, &information),
        "CreateProcessAsUserW");
  const Handle process(information.hProcess);
  const Handle thread(information.hThread);
  BOOL in_job = FALSE;
  if (!joins || !IsProcessInJob(process.get(), job.get(), &in_job) || !in_job) {
    if (!AssignProcessToJobObject(job.get(), process.get())) {
      const DWORD error = GetLastError();
      TerminateProcess(process.get(), error);
      fail("AssignProcessToJobObject", error);
    }
  }
  child.close();
  check(ResumeThread(thread.get()) != static_cast<DWORD>(-1), "ResumeThread");
  answer = read_line(pipe.get(), process.get());
  return std::shared_ptr<OwnDesktop>(new OwnDesktop(std::move(job)));
}

}  // namespace epm
